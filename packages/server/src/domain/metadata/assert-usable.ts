import { isJsonObject, type JsonObject } from '@acme/schema'
import { dereference, type Schema } from '@cfworker/json-schema'
import { type Keyword, schemaKeywords } from './schema-keywords.ts'
import { TextPatterns } from './text-pattern.ts'

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
 * there, patterns that cannot be followed, references that lead nowhere, and those that lead back to themselves, or through
 * too many others, without going deeper into the value.
 *
 * @throws UnusableSchema
 */
export function assertUsable(schema: JsonObject): void {
  // A copy: the library writes into what it is given.
  const root = structuredClone(schema) as Resolved
  const seen = new Map<unknown, string>()
  /** What each schema applies to the very value that it judges. */
  const inPlace = new Map<unknown, unknown[]>()
  const patterns = new TextPatterns()
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
      for (const source of keyword.patterns?.(value) ?? []) assertReadable(patterns, source, at)
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

function assertReadable(patterns: TextPatterns, source: string, pointer: string): void {
  try {
    patterns.read(source)
  } catch (error) {
    throw new UnusableSchema(
      pointer,
      `must be a pattern (ECMA-262, unicode) that can be followed: ${(error as Error).message}`,
    )
  }
}

function partsOf({ shape }: Keyword, value: unknown): [key: string, part: unknown][] {
  if (shape === 'value') return []
  return shape === 'schema' ? [['', value]] : Object.entries(value as object)
}

/** How many schemas may apply one another to the same value, each through the one before. */
const maxInPlace = 64

/** Refuses what would judge one value by itself for ever, or through so many schemas that the stack may end before. */
function assertNoLoop(inPlace: ReadonlyMap<unknown, readonly unknown[]>, pointers: ReadonlyMap<unknown, string>): void {
  const heights = new Map<unknown, number>()
  const open = new Set<unknown>()
  const heightOf = (node: unknown): number => {
    const known = heights.get(node)
    if (known !== undefined) return known
    const refuse = (why: string) => new UnusableSchema(pointers.get(node) || '/', why)
    if (open.has(node)) throw refuse('leads back to itself without going deeper')
    open.add(node)
    const height = 1 + Math.max(0, ...(inPlace.get(node) ?? []).map(heightOf))
    open.delete(node)
    if (height > maxInPlace) throw refuse(`goes through more than ${maxInPlace} schemas without going deeper`)
    heights.set(node, height)
    return height
  }
  for (const node of inPlace.keys()) heightOf(node)
}

/** Writes a key as a step of a JSON Pointer. */
function escapeStep(key: string): string {
  return key.replace(/~/g, '~0').replace(/\//g, '~1')
}
