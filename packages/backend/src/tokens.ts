import type { CallOptions, JsonObject } from '@acme/schema'
import type { ReadToken } from './create-token-reader.ts'

/** Who a session token speaks for. */
export interface SessionClaims {
  readonly userId: string
  readonly sessionId: string
  /** The origin of the page that holds the session, where the server knows it. */
  readonly authorizedParty: string | undefined
}

/** How a token is checked. */
export interface VerifyOptions extends CallOptions {
  /** The origins whose pages may call; a token of another one is refused. */
  readonly authorizedParties?: readonly string[] | undefined
}

/** The session tokens of the instance. */
export interface Tokens {
  /**
   * Checks a session token (JWT, RFC 7519) by the instance's own keys, fetched once and again when a
   * key is unknown: RS256 only, 5 seconds of clock skew, and in the one spelling that a token has.
   *
   * @throws AcmeError `token_invalid`, saying why.
   */
  verify(token: string, options?: VerifyOptions): Promise<SessionClaims>
}

/** Makes the tokens of an instance. */
export function createTokens(readToken: ReadToken): Tokens {
  return { verify: async (token, options) => toSession(await readToken(token, options)) }
}

/** Reads who a token speaks for of what it says. */
export function toSession(claims: JsonObject): SessionClaims {
  const { sub, sid, azp } = claims
  return { userId: sub as string, sessionId: sid as string, authorizedParty: azp as string | undefined }
}
