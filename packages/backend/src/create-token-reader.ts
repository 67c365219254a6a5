import { AcmeError, type CallOptions, type JsonObject } from '@acme/schema'
import { freezeJson, type Http } from '@acme/transport'
import type { JSONWebKeySet } from 'jose'
import { type Jose, loadJose } from './load-jose.ts'
import type { VerifyOptions } from './tokens.ts'
import { clockTolerance, createVerifiedTokens } from './verified-tokens.ts'

/** Gives everything that a session token says, once it is known to be the instance's, current, and of a party allowed. */
export type ReadToken = (token: string, options?: VerifyOptions) => Promise<JsonObject>

/** How long fetched keys are trusted, and how soon an unknown key may cause another fetch, in milliseconds. */
const keysLifetime = 300_000
const keysPause = 10_000

/**
 * A token as RFC 7515 writes it: base64url without padding or anything between, and no bit set that says nothing. What
 * decodes alike would otherwise be one token in several spellings, of which a list of revoked ones knows one.
 */
const canonical = /^(?:(?:[\w-]{4})*(?:[\w-][AQgw]|[\w-]{2}[AEIMQUYcgkosw048])?(?:\.(?!$)|$)){3}$/

interface Keys {
  readonly fetchedAt: number
  readonly text: string
  readonly find: ReturnType<Jose['createLocalJWKSet']>
}

/** Makes the one thing that verifies the tokens of an instance. */
export function createTokenReader(http: Http): ReadToken {
  // By the first token: it is dozens of files, and many an app verifies none.
  let loaded: Jose | undefined
  let keys: Keys | undefined
  const verified = createVerifiedTokens()

  const areFresh = (maxAge: number) => keys !== undefined && Date.now() - keys.fetchedAt < maxAge

  async function getKeys(jose: Jose, maxAge: number, { signal, timeout, totalTimeout }: CallOptions): Promise<Keys> {
    if (keys && areFresh(maxAge)) return keys
    const call = { method: 'GET', path: 'jwks', isRead: true, signal, timeout, totalTimeout } as const
    const { json } = await http.send(call)
    const text = JSON.stringify(json)
    // A key may be gone, and with it what it has signed.
    if (text !== keys?.text) verified.clear()
    keys = { fetchedAt: Date.now(), text, find: jose.createLocalJWKSet(json as JSONWebKeySet) }
    return keys
  }

  async function check(jose: Jose, token: string, maxAge: number, options: CallOptions): Promise<JsonObject> {
    const using = await getKeys(jose, maxAge, options)
    const { payload } = await jose.jwtVerify(token, using.find, {
      algorithms: ['RS256'],
      clockTolerance,
      requiredClaims: ['sub', 'exp', 'sid'],
    })
    const claims = freezeJson(payload as JsonObject)
    if (using.text === keys?.text) verified.add(token, claims)
    return claims
  }

  async function readClaims(token: string, options: CallOptions): Promise<JsonObject> {
    if (!canonical.test(token)) throw refuse('it is not written as tokens are')
    loaded ??= await loadJose()
    const jose = loaded
    try {
      return await check(jose, token, keysLifetime, options).catch((error: unknown) => {
        // A new key may have been added since.
        if (error instanceof jose.errors.JWKSNoMatchingKey) return check(jose, token, keysPause, options)
        throw error
      })
    } catch (error) {
      // jose's messages name claims, never their values.
      throw error instanceof jose.errors.JOSEError ? refuse(error.message) : error
    }
  }

  return async (token, options = {}) => {
    const claims = (areFresh(keysLifetime) && verified.get(token)) || (await readClaims(token, options))
    // By each call, whatever is known: the same token may come to two doors.
    const { azp } = claims
    if (options.authorizedParties && !options.authorizedParties.some((party) => party === azp)) {
      throw refuse('it was made for a page of another origin')
    }
    if (claims['sts'] === 'pending') throw refuse('its session is pending')
    const { minVersion } = options
    if (minVersion !== undefined && !(Number(claims['uv']) >= minVersion)) throw stale(minVersion)
    return claims
  }
}

function stale(minVersion: number): AcmeError {
  const message = `The session token is of a version of the user before ${minVersion}: have the page renew it.`
  return new AcmeError({ code: 'token_stale', message })
}

function refuse(why: string): AcmeError {
  return new AcmeError({ code: 'token_invalid', message: `The session token was refused: ${why}.` })
}
