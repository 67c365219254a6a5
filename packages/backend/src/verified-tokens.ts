import type { JsonObject } from '@acme/schema'

/** How many verified tokens are known at most: those of so many sessions, since each has one a minute. */
export const tokensKept = 2_000

/** The longest token that is kept, in characters: what fits into a cookie. */
const longest = 4_096

/** How far clocks may be apart, in seconds. */
export const clockTolerance = 5

/**
 * What verified tokens say, by their text, so that a token met again needs no cryptography. None is given once it is over;
 * what stays until others take its place is no secret any more.
 */
export interface VerifiedTokens {
  /** Gives what a token says, unless it is unknown, over or not valid yet: then it has to be verified. */
  get(token: string): JsonObject | undefined
  add(token: string, claims: JsonObject): void
  clear(): void
}

/** Makes an empty one. Only what was verified may be added, so that strangers cannot fill it. */
export function createVerifiedTokens(): VerifiedTokens {
  const known = new Map<string, JsonObject>()
  return {
    get(token) {
      const claims = known.get(token)
      if (!claims || isCurrent(claims)) return claims
      known.delete(token)
      return undefined
    },
    add(token, claims) {
      if (token.length > longest) return
      // The oldest goes first: it is over the soonest.
      if (known.size >= tokensKept) for (const oldest of known.keys()) if (known.delete(oldest)) break
      // A text of its own, since the part of a header would keep the whole header.
      known.set(token.split('.').join('.'), claims)
    },
    clear: () => known.clear(),
  }
}

/** Judges the times as RFC 7519 does, in whole seconds. */
function isCurrent({ exp, nbf }: JsonObject): boolean {
  const now = Math.floor(Date.now() / 1_000)
  return Number(exp) > now - clockTolerance && !(Number(nbf) > now + clockTolerance)
}
