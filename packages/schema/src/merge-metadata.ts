import { isJsonObject, type JsonObject, type JsonValue } from './json.ts'
import { MetadataInvalidError } from './metadata-errors.ts'
import { assertMetadata } from './metadata-rules.ts'

/**
 * Applies a JSON Merge Patch (RFC 7396): objects merge at every depth, `null` deletes a key, arrays
 * and scalars replace. Neither argument is changed; what the patch leaves alone is shared.
 *
 * @throws {@link MetadataInvalidError} when the patch is not metadata: not an object, not JSON, too
 * deep, or with a key named `__proto__`.
 */
export function mergeMetadata(target: JsonObject, patch: JsonObject): JsonObject {
  assertMetadata(patch)
  return applyMergePatch(target, patch)
}

/**
 * Does what {@link mergeMetadata} does, unchecked: for what a page shows before the server has judged it. What an
 * app's codecs made, a `Date` for example, is taken whole.
 */
export function applyMergePatch(target: JsonValue | undefined, patch: JsonObject): JsonObject {
  // Maps, because `constructor` and `toString` are ordinary keys here and an object would inherit them.
  const merged = new Map(isJsonObject(target) ? Object.entries(target) : [])
  for (const [key, value] of Object.entries(patch)) {
    // A member that is undefined is not part of the JSON text, so it changes nothing.
    if (value === undefined) continue
    if (value === null) merged.delete(key)
    else merged.set(key, isPlain(value) ? applyMergePatch(merged.get(key), value) : value)
  }
  return Object.fromEntries(merged)
}

function isPlain(value: JsonValue): value is JsonObject {
  return isJsonObject(value) && !Object.getPrototypeOf(Object.getPrototypeOf(value) ?? {})
}

/**
 * Computes the JSON Merge Patch (RFC 7396) that turns one metadata object into another, so that
 * `mergeMetadata(from, diffMetadata(from, to))` equals `to`. It is empty when nothing differs.
 *
 * @throws {@link MetadataInvalidError} when `to` holds a null inside an object that `from` does not hold there, which
 * a merge patch cannot set; replace the whole field instead.
 */
export function diffMetadata(from: JsonObject, to: JsonObject): JsonObject {
  assertMetadata(from)
  assertMetadata(to)
  return makeMergePatch(from, to)
}

/**
 * Does what {@link diffMetadata} does, unchecked: for two values that were judged before. What they share, as the
 * result of a merge shares what the patch left alone, is not looked into.
 *
 * @throws {@link MetadataInvalidError} as there
 */
export function makeMergePatch(from: JsonObject, to: JsonObject, path: readonly string[] = []): JsonObject {
  const patch: [string, JsonValue][] = []
  for (const key of Object.keys({ ...from, ...to })) {
    const [before, value] = [ownValue(from, key), ownValue(to, key)]
    if (before === value) continue
    if (value === undefined) patch.push([key, null])
    else if (value === null) {
      const message = 'a merge patch cannot set null; replace the whole field instead'
      throw new MetadataInvalidError({ issues: [{ path: [...path, key], message }] })
    } else if (isJsonObject(value)) {
      const inner = makeMergePatch(isJsonObject(before) ? before : {}, value, [...path, key])
      if (!isJsonObject(before) || Object.keys(inner).length > 0) patch.push([key, inner])
    } else if (!sameJson(before, value)) patch.push([key, value])
  }
  return Object.fromEntries(patch)
}

/** What is not inherited: `constructor` and `toString` are ordinary keys here. */
function ownValue(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

function sameJson(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b) return a === b
  const keys = Object.keys(a)
  return (
    Array.isArray(a) === Array.isArray(b) &&
    keys.length === Object.keys(b).length &&
    // The keys of an array are its indices.
    keys.every((key) => Object.hasOwn(b, key) && sameJson((a as JsonObject)[key], (b as JsonObject)[key]))
  )
}
