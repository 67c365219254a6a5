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
export function makeMergePatch(from: JsonObject, to: JsonObject): JsonObject {
  return diff(from, to, [])
}

function diff(from: JsonObject, to: JsonObject, path: readonly string[]): JsonObject {
  const patch: [string, JsonValue][] = []
  for (const key of Object.keys(to)) {
    const value = to[key]
    // What an object inherits, `constructor` for one, is never equal to JSON.
    if (value === undefined || value === from[key]) continue
    if (value === null) {
      throw new MetadataInvalidError({
        issues: [{ path: [...path, key], message: 'a merge patch cannot set null; replace the whole field instead' }],
      })
    }
    const before = Object.hasOwn(from, key) ? from[key] : undefined
    if (isJsonObject(value)) {
      const inner = diff(isJsonObject(before) ? before : {}, value, [...path, key])
      if (!isJsonObject(before) || Object.keys(inner).length > 0) patch.push([key, inner])
    } else if (!sameJson(before, value)) patch.push([key, value])
  }
  for (const key of Object.keys(from)) {
    const value = from[key]
    if (value === undefined || value === to[key]) continue
    if (!Object.hasOwn(to, key) || to[key] === undefined) patch.push([key, null])
  }
  return Object.fromEntries(patch)
}

function sameJson(a: JsonValue | undefined, b: JsonValue): boolean {
  if (a === b) return true
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => sameJson(item, b[index] as JsonValue))
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key] as JsonValue))
  )
}
