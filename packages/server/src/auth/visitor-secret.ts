import { publishedKeys, signingKeyAt } from '../domain/keys/signing-keys.ts'
import type { SigningKeyRow } from '../storage/rows.ts'
import { toBase64Url } from './digest.ts'

/** Gives the secrets of clients that nothing is stored of, from their ids. */
export interface VisitorSecrets {
  /** The one that a new client is given. */
  make(clientId: string, now: number): Promise<string>
  /** Those by which it is known: while a signing key takes the place of another, there are two. */
  good(clientId: string, now: number): Promise<readonly string[]>
}

/**
 * Makes the secrets of visitors. Each follows from the client's id by a key of the instance (HMAC-SHA-256, RFC 2104),
 * so that a client can come back and be known without a row: whoever only looks leaves nothing behind.
 */
export function createVisitorSecrets(
  read: () => readonly SigningKeyRow[] | Promise<readonly SigningKeyRow[]>,
): VisitorSecrets {
  const hmac = { name: 'HMAC', hash: 'SHA-256' }
  const encode = (text: string) => new TextEncoder().encode(text)
  type HmacKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>
  const imported = new WeakMap<object, Promise<HmacKey>>()

  async function secretBy({ key }: SigningKeyRow, clientId: string): Promise<string> {
    const made =
      imported.get(key) ?? crypto.subtle.importKey('raw', encode(`visitor ${key['d']}`), hmac, false, ['sign'])
    imported.set(key, made)
    return toBase64Url(new Uint8Array(await crypto.subtle.sign('HMAC', await made, encode(clientId))))
  }

  return {
    make: async (clientId, now) => secretBy(signingKeyAt(await read(), now), clientId),
    good: async (clientId, now) => Promise.all(publishedKeys(await read(), now).map((key) => secretBy(key, clientId))),
  }
}
