import { type ClaimSource, claimsLimit, isJsonObject, type JsonObject, type JsonValue } from '@acme/schema'
import type { UserRow } from '../../storage/rows.ts'

/** What a token says of the user. */
export type TokenClaims = JsonObject

/**
 * Reads the claims of a user. What is not there is left out; so is what would make the token larger than a browser's
 * cookie, the largest first, and `claims_omitted` names it: a token that no cookie takes would send the browser round in
 * circles.
 *
 * @param limit in bytes of JSON, with `claims_omitted`
 */
export function claimsOf(
  sources: ReadonlyMap<string, ClaimSource>,
  user: UserRow,
  limit: number = claimsLimit,
): TokenClaims {
  const found: [name: string, value: JsonValue][] = []
  for (const [name, { kind, path }] of sources) {
    const value = valueAt(user.metadata[kind], path)
    if (value !== undefined) found.push([name, value])
  }
  return withinLimit(found, limit)
}

/** Leaves out what is beyond a limit, the largest first and of equals the first by name, and names it; `*` is all. */
export function withinLimit(
  claims: readonly (readonly [name: string, value: JsonValue])[],
  limit: number,
): TokenClaims {
  const sized = claims.map(([name, value]) => ({ name, value, bytes: jsonBytes(value), nameBytes: jsonBytes(name) }))
  sized.sort((one, other) => other.bytes - one.bytes || (one.name < other.name ? -1 : 1))
  let [omitted, bytes] = [0, '{}'.length]
  for (const one of sized) bytes += one.nameBytes + one.bytes + ':,'.length
  for (; omitted < sized.length && bytes > limit; omitted++) {
    const { bytes: own = 0 } = sized[omitted] ?? {}
    // What is left of it is its name, in a list.
    bytes += (omitted === 0 ? '"claims_omitted":[],'.length : 0) - own - ':'.length
  }
  if (omitted > 0 && omitted === sized.length && bytes > limit) return { claims_omitted: ['*'] }
  const byName = (names: { readonly name: string }[]) => names.sort((one, other) => (one.name < other.name ? -1 : 1))
  const names = byName(sized.slice(0, omitted)).map(({ name }) => name)
  const kept = byName(sized.slice(omitted)) as typeof sized
  return {
    ...Object.fromEntries(kept.map(({ name, value }) => [name, value])),
    ...(names.length > 0 && { claims_omitted: names }),
  }
}

/** What stands at a path of keys. */
export function valueAt(from: JsonValue, path: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = from
  for (const key of path) value = isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined
  return value
}

/** The size of a value in a token, in bytes of UTF-8. */
export function jsonBytes(value: JsonValue): number {
  return new TextEncoder().encode(JSON.stringify(value)).length
}
