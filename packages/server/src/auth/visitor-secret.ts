import type { JWK } from 'jose'
import { toBase64Url } from './digest.ts'

/** Gives the secret of a client that nothing is stored of, from its id. */
export type VisitorSecret = (clientId: string) => Promise<string>

/**
 * Makes the secrets of visitors. Each follows from the client's id by a key of the instance (HMAC-SHA-256, RFC 2104),
 * so that a client can come back and be known without a row: whoever only looks leaves nothing behind.
 */
export async function createVisitorSecrets(signingKey: JWK): Promise<VisitorSecret> {
  const hmac = { name: 'HMAC', hash: 'SHA-256' }
  const encode = (text: string) => new TextEncoder().encode(text)
  const key = await crypto.subtle.importKey('raw', encode(`visitor ${signingKey.d}`), hmac, false, ['sign'])
  return async (clientId) => toBase64Url(new Uint8Array(await crypto.subtle.sign('HMAC', key, encode(clientId))))
}
