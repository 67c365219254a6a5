import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose'
import type { SessionRow } from '../storage/rows.ts'

/** How long a session token lives, in seconds. */
export const tokenLifetime = 60

/** Makes session tokens, and the keys that verify them. */
export interface SessionTokens {
  /** Signs for so many seconds, without a number for {@link tokenLifetime}. */
  sign(session: SessionRow, now: number, origin: string | undefined, lifetime?: number): Promise<string>
  /** Signs the cookies that a page's server is to set, for the handshake of Clerk's SDKs. */
  signHandshake(cookies: readonly string[], now: number): Promise<string>
  /** The public keys (JWKS, RFC 7517). */
  readonly jwks: { readonly keys: readonly JWK[] }
}

/** Makes a private key for session tokens: RSA with 2048 bits, which Clerk's verifier takes, as a JWK. */
export async function createSigningKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true })
  return exportJWK(privateKey)
}

/** Makes the session tokens (JWT, RFC 7519) of an instance. */
export async function createSessionTokens(signingKey: JWK, instanceId: string, issuer: string): Promise<SessionTokens> {
  const key = await importJWK(signingKey, 'RS256')
  const { kty, n, e } = signingKey
  // A reply shows the tokens of all its sessions, and replies come in flocks: within a second they would differ in
  // nothing but their `jti`, so that one signature, the dearest step of all, serves them.
  let second = 0
  const made = new Map<string, Promise<string>>()

  function sign(session: SessionRow, origin: string | undefined, lifetime: number): Promise<string> {
    return new SignJWT({ fva: [0, -1], sid: session.id, sts: 'active', v: 2, ...(origin && { azp: origin }) })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: instanceId, cat: 'cl_B7d4PD111AAA' })
      .setIssuer(issuer)
      .setSubject(session.userId)
      .setJti(crypto.randomUUID())
      .setIssuedAt(second)
      .setNotBefore(second - 10)
      .setExpirationTime(second + lifetime)
      .sign(key)
  }

  function signHandshake(cookies: readonly string[], now: number): Promise<string> {
    const issuedAt = Math.floor(now / 1_000)
    return new SignJWT({ handshake: cookies })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: instanceId })
      .setIssuer(issuer)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + tokenLifetime)
      .sign(key)
  }

  return {
    signHandshake,
    jwks: { keys: [{ kty, n, e, use: 'sig', alg: 'RS256', kid: instanceId } as JWK] },
    sign(session, now, origin, lifetime = tokenLifetime) {
      const current = Math.floor(now / 1_000)
      if (current !== second) made.clear()
      second = current
      const name = `${session.id} ${lifetime} ${origin}`
      const token = made.get(name) ?? sign(session, origin, lifetime)
      made.set(name, token)
      return token
    },
  }
}
