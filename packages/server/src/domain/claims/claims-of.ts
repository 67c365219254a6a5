import { type ClaimPaths, claimsLimit, isJsonObject, type JsonObject, type JsonValue, readClaim } from '@acme/schema'
import type { UserRow } from '../../storage/rows.ts'

/** What a session token says of the user's metadata. */
export type TokenClaims = JsonObject

/**
 * Reads the claims of a user. What is not there is left out; so is what would make the token larger than a browser's
 * cookie, the largest first, and `claims_omitted` names it: a token that no cookie takes would send the browser round in
 * circles.
 *
 * @param limit in bytes of JSON, with `claims_omitted`
 */
export function claimsOf(claims: ClaimPaths, user: UserRow, limit: number = claimsLimit): TokenClaims {
  const found = new Map<string, JsonValue>()
  for (const name of Object.keys(claims)) {
    const { kind, path } = readClaim(name, claims[name])
    const value = valueAt(user.metadata[kind], path)
    if (value !== undefined) found.set(name, value)
  }
  return withinLimit(found, limit)
}

/** Leaves out what is beyond a limit, the largest first and of equals the first by name, and names it; `*` is all. */
export function withinLimit(claims: ReadonlyMap<string, JsonValue>, limit: number): TokenClaims {
  const found = new Map([...claims].sort(([one], [other]) => (one < other ? -1 : 1)))
  const omitted: string[] = []
  const tell = (): TokenClaims => ({
    ...Object.fromEntries(found),
    ...(omitted.length > 0 && { claims_omitted: [...omitted].sort() }),
  })
  while (found.size > 0 && jsonBytes(tell()) > limit) {
    const [largest] = [...found].reduce((most, one) => (jsonBytes(one[1]) > jsonBytes(most[1]) ? one : most))
    found.delete(largest)
    omitted.push(largest)
  }
  const told = tell()
  // Not even the names have room.
  return found.size === 0 && omitted.length > 0 && jsonBytes(told) > limit ? { claims_omitted: ['*'] } : told
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
