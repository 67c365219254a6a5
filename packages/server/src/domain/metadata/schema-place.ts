import { isJsonObject, type JsonPath, type JsonValue } from '@acme/schema'

/** A place in a value that is judged: one for each member, however many schemas look at it. */
export class Place<Verdict> {
  readonly value: JsonValue
  readonly #parent: Place<Verdict> | undefined
  readonly #step: string | number
  #verdicts: Map<unknown, Verdict> | undefined
  #members: Map<string | number, Place<Verdict>> | undefined
  #names: Map<string, Place<Verdict>> | undefined
  #keys: readonly string[] | undefined
  #text: string | undefined

  constructor(value: JsonValue, parent?: Place<Verdict>, step: string | number = '') {
    this.value = value
    this.#parent = parent
    this.#step = step
  }

  get path(): JsonPath {
    return this.#parent ? [...this.#parent.path, this.#step] : []
  }

  /** What each schema that was applied here has said. */
  get verdicts(): Map<unknown, Verdict> {
    this.#verdicts ??= new Map()
    return this.#verdicts
  }

  /** The keys of an object. */
  get keys(): readonly string[] {
    this.#keys ??= isJsonObject(this.value) ? Object.keys(this.value) : []
    return this.#keys
  }

  /** A text that the places of equal values have, and no other. */
  get text(): string {
    this.#text ??= canonicalText(this.value)
    return this.#text
  }

  /** The place of a member. */
  member(step: string | number): Place<Verdict> {
    this.#members ??= new Map()
    return remember(this.#members, step, () => {
      const value = (this.value as Readonly<Record<string | number, JsonValue>>)[step] as JsonValue
      return new Place(value, this, step)
    })
  }

  /** The name of a member as a value. */
  name(key: string): Place<Verdict> {
    this.#names ??= new Map()
    return remember(this.#names, key, () => new Place(key, this, key))
  }
}

function remember<K, V>(known: Map<K, V>, key: K, make: () => V): V {
  const found = known.get(key)
  if (found !== undefined) return found
  const made = make()
  known.set(key, made)
  return made
}

/** Writes a value so that equal ones read alike: the order of keys means nothing. */
export function canonicalText(value: JsonValue): string {
  return JSON.stringify(value, (_, part) => (isJsonObject(part) ? Object.fromEntries(sorted(part)) : part))
}

function sorted(object: object): [string, unknown][] {
  return Object.entries(object).sort(([one], [other]) => (one < other ? -1 : 1))
}
