import type { CallOptions, JsonObject, RegisteredMetadata, TokenClaims } from '@acme/schema'
import type { ReadToken } from './create-token-reader.ts'

/** Who a session token speaks for, and what it says. */
export interface SessionClaims<M = RegisteredMetadata> {
  readonly userId: string
  readonly sessionId: string
  /** The origin of the page that holds the session, where the server knows it. */
  readonly authorizedParty: string | undefined
  /** The version of the user that the token was made of, where the server keeps versions. */
  readonly userVersion: number | undefined
  /**
   * Everything that the token says: the claims of the app's definition, typed, and those of every token. They are of the
   * user as of {@link userVersion}, up to a minute ago.
   */
  readonly claims: TokenClaims<M>
  /** The claims that the token has no room for, by name, or `*` for all of them: read those from the user. */
  readonly claimsOmitted: readonly string[]
}

/** How a token is checked. */
export interface VerifyOptions extends CallOptions {
  /** The origins whose pages may call; a token of another one is refused. */
  readonly authorizedParties?: readonly string[] | undefined
  /**
   * The version of the user that the token must have been made of, or a newer one: that which a write of yours has given.
   * An older one is refused by `token_stale`.
   */
  readonly minVersion?: number | undefined
}

/** The session tokens of the instance. */
export interface Tokens<M = RegisteredMetadata> {
  /**
   * Checks a session token (JWT, RFC 7519) by the instance's own keys, fetched once and again when a
   * key is unknown: RS256 only, 5 seconds of clock skew, and in the one spelling that a token has.
   *
   * @throws AcmeError `token_invalid`, saying why; `token_stale` for one that is good, and older than `minVersion`.
   */
  verify(token: string, options?: VerifyOptions): Promise<SessionClaims<M>>
}

/** Makes the tokens of an instance. */
export function createTokens<M>(readToken: ReadToken): Tokens<M> {
  return { verify: async (token, options) => toSession(await readToken(token, options)) }
}

/** Reads who a token speaks for of what it says. */
export function toSession<M>(claims: JsonObject): SessionClaims<M> {
  const { sub, sid, azp, uv, claims_omitted: omitted } = claims
  return {
    userId: sub as string,
    sessionId: sid as string,
    authorizedParty: azp as string | undefined,
    userVersion: typeof uv === 'number' ? uv : undefined,
    claims: claims as TokenClaims<M>,
    claimsOmitted: Array.isArray(omitted) ? (omitted as readonly string[]) : [],
  }
}
