import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import type { ClaimRules } from '../domain/claims/active-claims.ts'
import { claimsOf } from '../domain/claims/claims-of.ts'
import { templateClaims } from '../domain/claims/template-claims.ts'
import type { JwtTemplateRow, SessionRow, UserRow } from '../storage/rows.ts'
import type { Keyring } from './keyring.ts'

/** How long a session token lives, in seconds. */
export const tokenLifetime = 60

/** Whom a session token speaks for, and what it is to say. */
export interface TokenSubject {
  readonly session: SessionRow
  readonly user: UserRow
  readonly rules: ClaimRules
  /** The origin of the page that holds the session. */
  readonly origin: string | undefined
  /** In seconds. @default {@link tokenLifetime} */
  readonly lifetime?: number | undefined
  /** How many bytes the claims may take. @default 1_200 */
  readonly claimsLimit?: number | undefined
}

/** Makes session tokens, and the keys that verify them. */
export interface SessionTokens {
  /** Signs a session token. It carries the user's version (`uv`) and the claims that the app has defined. */
  sign(subject: TokenSubject, now: number): Promise<string>
  /** Signs a token for others, by a template: it speaks for the user and for no session. */
  signByTemplate(template: JwtTemplateRow, subject: Omit<TokenSubject, 'rules'>, now: number): Promise<string>
  /** Signs the cookies that a page's server is to set, for the handshake of Clerk's SDKs. */
  signHandshake(cookies: readonly string[], now: number): Promise<string>
  /** The public keys (JWKS, RFC 7517). */
  jwks(now: number): Promise<{ readonly keys: readonly JWK[] }>
}

type Signing = Awaited<ReturnType<Keyring['signing']>>

/** Makes a private key for session tokens: RSA with 2048 bits, which Clerk's verifier takes, as a JWK. */
export async function createSigningKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true })
  return exportJWK(privateKey)
}

/** Makes the session tokens (JWT, RFC 7519) of an instance. */
export function createSessionTokens(keyring: Keyring, issuer: string): SessionTokens {
  // A reply shows the tokens of all its sessions, and replies come in flocks: within a second they would differ in
  // nothing but their `jti` as long as the user is the same, so that one signature, the dearest step of all, serves them;
  // whoever asks again and again for one by a template keeps nobody's processor busy either.
  let second = 0
  const made = new Map<string, Promise<string>>()

  function onceASecond(now: number, name: string, make: () => Promise<string>): Promise<string> {
    const current = Math.floor(now / 1_000)
    if (current !== second) made.clear()
    second = current
    const token = made.get(name) ?? make()
    made.set(name, token)
    return token
  }

  function sign(
    { kid, key }: Signing,
    { session, user, rules, origin, lifetime = tokenLifetime, claimsLimit }: TokenSubject,
  ): Promise<string> {
    const claims = claimsOf(rules.claims, user, claimsLimit)
    const known = {
      fva: [0, -1],
      sid: session.id,
      sts: 'active',
      v: 2,
      uv: user.version,
      ...(origin && { azp: origin }),
    }
    return new SignJWT({ ...claims, ...known })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid, cat: 'cl_B7d4PD111AAA' })
      .setIssuer(issuer)
      .setSubject(session.userId)
      .setJti(crypto.randomUUID())
      .setIssuedAt(second)
      .setNotBefore(second - 10)
      .setExpirationTime(second + lifetime)
      .sign(key)
  }

  function signByTemplate(
    { kid, key }: Signing,
    template: JwtTemplateRow,
    { user, origin, lifetime = template.lifetime }: Omit<TokenSubject, 'rules'>,
    now: number,
  ): Promise<string> {
    const issuedAt = Math.floor(now / 1_000)
    return new SignJWT({ ...templateClaims(template, user, now), ...(origin && { azp: origin }) })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid, cat: 'cl_B7d4PD222AAA' })
      .setIssuer(issuer)
      .setSubject(user.id)
      .setJti(crypto.randomUUID())
      .setIssuedAt(issuedAt)
      .setNotBefore(issuedAt - template.allowedClockSkew)
      .setExpirationTime(issuedAt + lifetime)
      .sign(key)
  }

  async function signHandshake(cookies: readonly string[], now: number): Promise<string> {
    const { kid, key } = await keyring.signing(now)
    const issuedAt = Math.floor(now / 1_000)
    return new SignJWT({ handshake: cookies })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid })
      .setIssuer(issuer)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + tokenLifetime)
      .sign(key)
  }

  return {
    signHandshake,
    async signByTemplate(template, subject, now) {
      const { user, origin, lifetime } = subject
      const signing = await keyring.signing(now)
      const name = [signing.kid, template.id, template.updatedAt, user.id, user.version, lifetime, origin].join(' ')
      return onceASecond(now, name, () => signByTemplate(signing, template, subject, now))
    },
    jwks: (now) => keyring.jwks(now),
    async sign(subject, now) {
      const { session, user, rules, origin, lifetime, claimsLimit } = subject
      const signing = await keyring.signing(now)
      const name = [signing.kid, session.id, user.version, rules.version, lifetime, claimsLimit, origin].join(' ')
      return onceASecond(now, name, () => sign(signing, subject))
    },
  }
}
