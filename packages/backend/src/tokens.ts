import { AcmeError, type CallOptions } from '@acme/schema'
import type { Http } from '@acme/transport'
import type { JSONWebKeySet } from 'jose'
import { type Jose, loadJose } from './load-jose.ts'

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
   * @throws {@link AcmeError} `token_invalid`, saying why.
   */
  verify(token: string, options?: VerifyOptions): Promise<SessionClaims>
}

/** How long fetched keys are trusted, and how soon an unknown key may cause another fetch, in milliseconds. */
const keysLifetime = 300_000
const keysPause = 10_000

/**
 * A token as RFC 7515 writes it: base64url without padding or anything between, and no bit set that says nothing. What
 * decodes alike would otherwise be one token in several spellings, of which a list of revoked ones knows one.
 */
const canonical = /^(?:(?:[\w-]{4})*(?:[\w-][AQgw]|[\w-]{2}[AEIMQUYcgkosw048])?(?:\.(?!$)|$)){3}$/

/** Makes the tokens of an instance. */
export function createTokens(http: Http): Tokens {
  // By the first token: it is dozens of files, and many an app verifies none.
  let loaded: Jose | undefined
  let keys: { readonly fetchedAt: number; readonly find: ReturnType<Jose['createLocalJWKSet']> } | undefined

  async function getKeys(jose: Jose, maxAge: number, { signal, timeout, totalTimeout }: CallOptions) {
    if (!keys || Date.now() - keys.fetchedAt >= maxAge) {
      const call = { method: 'GET', path: 'jwks', isRead: true, signal, timeout, totalTimeout } as const
      const { json } = await http.send(call)
      keys = { fetchedAt: Date.now(), find: jose.createLocalJWKSet(json as JSONWebKeySet) }
    }
    return keys.find
  }

  async function check(jose: Jose, token: string, maxAge: number, options: CallOptions) {
    return jose.jwtVerify(token, await getKeys(jose, maxAge, options), {
      algorithms: ['RS256'],
      clockTolerance: 5,
      requiredClaims: ['sub', 'exp', 'sid'],
    })
  }

  return {
    async verify(token, options = {}) {
      if (!canonical.test(token)) throw invalid('it is not written as tokens are')
      loaded ??= await loadJose()
      const jose = loaded
      try {
        const { payload } = await check(jose, token, keysLifetime, options).catch((error: unknown) => {
          // A new key may have been added since.
          if (error instanceof jose.errors.JWKSNoMatchingKey) return check(jose, token, keysPause, options)
          throw error
        })
        const party = payload['azp'] as string | undefined
        if (options.authorizedParties && !(party && options.authorizedParties.includes(party))) {
          throw invalid('it was made for a page of another origin')
        }
        if (payload['sts'] === 'pending') throw invalid('its session is pending')
        return { userId: payload.sub as string, sessionId: payload['sid'] as string, authorizedParty: party }
      } catch (error) {
        // jose's messages name claims, never their values.
        throw error instanceof jose.errors.JOSEError ? invalid(error.message) : error
      }
    },
  }
}

function invalid(why: string): AcmeError {
  return new AcmeError({ code: 'token_invalid', message: `The session token was refused: ${why}.` })
}
