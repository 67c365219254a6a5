import type { JsonObject, JsonValue } from '@acme/schema'
import type { Place } from './schema-place.ts'

/** What one schema says of one place in a value. */
export interface Verdict {
  readonly isValid: boolean
  readonly place: Place<Verdict>
  /** The keywords that the place breaks, and what was said of others that breaks it. */
  readonly causes: readonly (string | Verdict)[]
  /** The members that a schema for what is not evaluated leaves alone. */
  readonly seen: ReadonlySet<string | number>
}

/** What a judgement asks of the one who judges the whole value. */
export interface Judge {
  /** Whether any schema looks at what others have evaluated. */
  readonly isTracking: boolean
  judge(schema: JsonValue | undefined, place: Place<Verdict>): Verdict
  /** Counts work as it is done. @throws TooMuchWork */
  spend(work: number): void
  /** Gives what the `$ref` of a schema refers to. @throws Error when there is none */
  targetOf(schema: JsonObject): JsonValue
  /** Gives the test of a pattern; undefined for one that a push would be refused for. */
  patternTest(source: string): ((text: string) => boolean) | undefined
}

/** The most issues that are told of one value, and so the most causes that are worth keeping of one verdict. */
export const maxIssues = 100

const none: ReadonlySet<never> = new Set<never>()
const nothing: readonly never[] = []

/** The judgement of one place by one schema, while its rules make it. */
export class Judgement implements Verdict {
  readonly place: Place<Verdict>
  readonly schema: JsonObject
  readonly #judge: Judge
  // There is one of these for each schema and place: what most of them do not need, they do not make.
  #causes: (string | Verdict)[] | undefined
  #seen: Set<string | number> | undefined
  #covered: Set<string> | undefined

  constructor(judge: Judge, schema: JsonObject, place: Place<Verdict>) {
    this.#judge = judge
    this.schema = schema
    this.place = place
  }

  get isValid(): boolean {
    return this.#causes === undefined
  }

  get causes(): readonly (string | Verdict)[] {
    return this.#causes ?? nothing
  }

  get seen(): ReadonlySet<string | number> {
    return this.#seen ?? none
  }

  get target(): JsonValue {
    return this.#judge.targetOf(this.schema)
  }

  spend(work: number): void {
    this.#judge.spend(work)
  }

  patternTest(source: string): ((text: string) => boolean) | undefined {
    return this.#judge.patternTest(source)
  }

  /** Asks what another schema says, of this very place where no other is given. */
  ask(schema: JsonValue | undefined, place: Place<Verdict> = this.place): Verdict {
    return this.#judge.judge(schema, place)
  }

  /** Applies a schema to this very place, which has to hold. */
  demand(schema: JsonValue | undefined): void {
    const verdict = this.ask(schema)
    this.absorb(verdict)
    this.blame(verdict)
  }

  /** Applies a schema to a member, which has to hold. */
  demandMember(member: string | number, schema: JsonValue | undefined): void {
    const verdict = this.ask(schema, this.place.member(member))
    this.blame(verdict)
    // A key whose value is refused is refused as not evaluated too, an item is not: so people know the words of a refusal.
    if (typeof member === 'number' || verdict.isValid) this.see(member)
  }

  /** Takes a member for evaluated. */
  see(member: string | number): void {
    if (!this.#judge.isTracking) return
    this.#seen ??= new Set()
    this.#seen.add(member)
  }

  /** Takes for evaluated what another schema has evaluated of this very place. */
  absorb({ seen }: Verdict): void {
    if (seen.size === 0) return
    this.spend(seen.size)
    for (const member of seen) this.see(member)
  }

  hasSeen(member: string | number): boolean {
    return this.seen.has(member)
  }

  /** Notes that `properties` or `patternProperties` are for a key. */
  cover(key: string): void {
    if (!('additionalProperties' in this.schema)) return
    this.#covered ??= new Set()
    this.#covered.add(key)
  }

  isCovered(key: string): boolean {
    return this.#covered?.has(key) ?? false
  }

  /** Says that the place breaks a keyword, and by which verdicts. */
  fail(keyword: string, verdicts: readonly Verdict[] = []): void {
    this.#add(keyword)
    for (const verdict of verdicts) this.blame(verdict)
  }

  /** Breaks with a verdict unless it holds. */
  blame(verdict: Verdict): void {
    if (!verdict.isValid) this.#add(verdict)
  }

  #add(cause: string | Verdict): void {
    this.#causes ??= []
    if (this.#causes.length < maxIssues) this.#causes.push(cause)
  }
}
