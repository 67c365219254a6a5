import { type CryptoKey, calculateJwkThumbprint, importJWK, type JWK } from 'jose'
import { publishedKeys, signingKeyAt } from '../domain/keys/signing-keys.ts'
import type { SigningKeyRow } from '../storage/rows.ts'
import { keyAge, unknownKeyAge } from './recent.ts'

/** The keys that sign and verify session tokens, as they are by now. */
export interface Keyring {
  /** The one that signs at a time, and its name. */
  signing(now: number): Promise<{ readonly kid: string; readonly key: CryptoKey }>
  /** Those that verify at a time, as a JWKS (RFC 7517). */
  jwks(now: number): Promise<{ readonly keys: readonly JWK[] }>
}

/** Names a key of an instance by its thumbprint (RFC 7638), so that every process names it alike. */
export async function signingKid(instanceId: string, key: JWK): Promise<string> {
  return `${instanceId}_${(await calculateJwkThumbprint(key)).replace(/\W|_/g, '').slice(0, 12)}`
}

/**
 * Makes the keyring of keys that other processes may rotate: `read` gives them as they were not longer than so many
 * milliseconds ago. `others` are published as well, and sign nothing.
 */
export function createKeyring(
  read: (age: number) => readonly SigningKeyRow[] | Promise<readonly SigningKeyRow[]>,
  others: readonly JWK[] = [],
): Keyring {
  /** A kid names one key for ever. */
  let imported: { readonly kid: string; readonly key: Promise<CryptoKey> } | undefined

  return {
    async signing(now) {
      const { kid, key } = signingKeyAt(await read(keyAge), now)
      if (imported?.kid !== kid) imported = { kid, key: importJWK(key as JWK, 'RS256') as Promise<CryptoKey> }
      return { kid, key: await imported.key }
    },
    async jwks(now) {
      const keys = publishedKeys(await read(unknownKeyAge), now).map(({ kid, key }) => publicJwk(kid, key as JWK))
      return { keys: [...keys, ...others] }
    },
  }
}

/** What is published of a key. */
export function publicJwk(kid: string, { kty, n, e }: JWK): JWK {
  return { kty, n, e, use: 'sig', alg: 'RS256', kid } as JWK
}
