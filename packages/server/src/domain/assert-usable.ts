import { isJsonObject, type JsonObject } from '@acme/schema'
import { dereference, type Schema } from '@cfworker/json-schema'
import { type Keyword, schemaKeywords } from './schema-keywords.ts'

/** Why a schema cannot be enforced, and where in it: a JSON Pointer (RFC 6901). */
export class UnusableSchema extends Error {
  override name = 'UnusableSchema'
  readonly pointer: string

  constructor(pointer: string, why: string) {
    super(`${pointer} ${why}`)
    this.pointer = pointer
  }
}

/** A schema as the validator has resolved it: it notes the URI of what a `$ref` refers to. */
type Resolved = Schema & { readonly __absolute_ref__?: string }

/**
 * Refuses a schema that some value would break instead of being judged by: keywords that are not well-formed or not
 * there, references that lead nowhere, and those that lead back to themselves without going deeper into the value.
 *
 * @throws UnusableSchema
 */
export function assertUsable(schema: JsonObject): void {
  // A copy: the library writes into what it is given.
  const root = structuredClone(schema) as Resolved
  const seen = new Map<unknown, string>()
  /** What each schema applies to the very value that it judges. */
  const inPlace = new Map<unknown, unknown[]>()
  let lookup: Record<string, Schema | boolean> | undefined

  function visit(node: unknown, pointer: string): void {
    if (!isJsonObject(node) || seen.has(node)) return
    seen.set(node, pointer)
    // The library takes it for an anchor of the schema around it.
    if ('$id' in node && '$anchor' in node) {
      throw new UnusableSchema(`${pointer}/$anchor`, 'is not there beside $id: refer by the $id')
    }
    const applied: unknown[] = []
    inPlace.set(node, applied)
    for (const [name, value] of Object.entries(node)) {
      const keyword = Object.hasOwn(schemaKeywords, name) ? schemaKeywords[name] : undefined
      if (!keyword) continue
      const at = `${pointer}/${escapeStep(name)}`
      if (!keyword.fits(value)) throw new UnusableSchema(at, keyword.must)
      const parts = partsOf(keyword, value)
      if (keyword.isInPlace) applied.push(...parts.map(([, part]) => part))
      for (const [key, part] of parts) visit(part, key === '' ? at : `${at}/${escapeStep(key)}`)
    }
  }

  function follow(): void {
    for (let size = -1; size !== seen.size; ) {
      size = seen.size
      for (const [node, pointer] of [...seen]) {
        const { $ref, __absolute_ref__: uri = '' } = node as Resolved
        if ($ref === undefined) continue
        const target = lookup?.[uri]
        if (target === undefined) throw new UnusableSchema(`${pointer}/$ref`, 'refers to nothing in this schema')
        inPlace.get(node)?.push(target)
        visit(target, `${pointer}/$ref`)
      }
    }
  }

  visit(root, '')
  try {
    lookup = dereference(root)
  } catch {
    throw new UnusableSchema('/$id', 'is no URI, or one that is given twice')
  }
  follow()
  assertNoLoop(inPlace, seen)
}

function partsOf({ shape }: Keyword, value: unknown): [key: string, part: unknown][] {
  if (shape === 'value') return []
  return shape === 'schema' ? [['', value]] : Object.entries(value as object)
}

/** Refuses what would judge one value by itself for ever. */
function assertNoLoop(inPlace: ReadonlyMap<unknown, readonly unknown[]>, pointers: ReadonlyMap<unknown, string>): void {
  const done = new Set<unknown>()
  const open = new Set<unknown>()
  const enter = (node: unknown): void => {
    if (done.has(node)) return
    if (open.has(node)) throw new UnusableSchema(pointers.get(node) || '/', 'leads back to itself without going deeper')
    open.add(node)
    for (const next of inPlace.get(node) ?? []) enter(next)
    open.delete(node)
    done.add(node)
  }
  for (const node of inPlace.keys()) enter(node)
}

/** Writes a key as a step of a JSON Pointer. */
function escapeStep(key: string): string {
  return key.replace(/~/g, '~0').replace(/\//g, '~1')
}
