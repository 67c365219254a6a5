import { isJsonObject, type JsonObject, type JsonValue, mergeMetadata } from '@acme/schema'
import type { MetadataChangeJson } from '@acme/schema/wire'

/** One value that became another, by its place; undefined is that nothing was there. */
export interface LeafChange {
  readonly path: readonly string[]
  readonly before: JsonValue | undefined
  readonly after: JsonValue | undefined
}

/** What differs between two values, place by place. Arrays are values: they differ as a whole. */
export function changesBetween(
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  path: readonly string[] = [],
): readonly LeafChange[] {
  if (isJsonObject(before) && isJsonObject(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)])
    return [...keys].flatMap((key) => changesBetween(own(before, key), own(after, key), [...path, key]))
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }]
}

/** What a change did, place by place, as far as its two steps tell: what neither of them names was left alone. */
export function changesOf({ forward, backward }: MetadataChangeJson): readonly LeafChange[] {
  if ('merge' in forward && 'merge' in backward) return changesOfMerges(forward.merge, backward.merge, [])
  if ('replace' in forward) {
    const before = 'replace' in backward ? backward.replace : mergeMetadata(forward.replace, backward.merge)
    return changesBetween(before, forward.replace)
  }
  const before = (backward as { readonly replace: JsonObject }).replace
  return changesBetween(before, mergeMetadata(before, forward.merge))
}

/** Two merge patches that undo each other name the same places; null is that nothing is there. */
function changesOfMerges(forward: JsonObject, backward: JsonObject, path: readonly string[]): readonly LeafChange[] {
  const keys = new Set([...Object.keys(backward), ...Object.keys(forward)])
  return [...keys].flatMap((key) => {
    const [after, before] = [own(forward, key), own(backward, key)]
    const here = [...path, key]
    if (isJsonObject(after) && isJsonObject(before)) return changesOfMerges(after, before, here)
    return [{ path: here, before: before ?? undefined, after: after ?? undefined }]
  })
}

function own(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

/** Writes a place as one reads it: `plan`, `seats.used`, `["odd key"].x`. */
export function writePath(path: readonly string[]): string {
  return path
    .map((key, index) => (/^[\w$-]+$/.test(key) ? `${index > 0 ? '.' : ''}${key}` : `[${JSON.stringify(key)}]`))
    .join('')
}
