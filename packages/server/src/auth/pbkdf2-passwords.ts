import { equalDigests, toBase64Url } from './digest.ts'
import type { Passwords } from './passwords.ts'

/** How hashes are made. */
export interface Pbkdf2Options {
  /** @default 600_000, OWASP's figure for PBKDF2-HMAC-SHA256; fewer only in test doubles */
  readonly iterations?: number | undefined
}

const form = /^\$pbkdf2-sha256\$i=(\d+)\$([\w-]+)\$([\w-]+)$/

/** Makes passwords kept by PBKDF2-HMAC-SHA256 (RFC 8018): what Web Crypto has, so what every runtime has. */
export function createPbkdf2Passwords({ iterations = 600_000 }: Pbkdf2Options = {}): Passwords {
  return {
    async hash(password) {
      const salt = toBase64Url(crypto.getRandomValues(new Uint8Array(16)))
      return `$pbkdf2-sha256$i=${iterations}$${salt}$${await derive(password, salt, iterations)}`
    },
    async verify(password, hash) {
      const [, count, salt, expected] = form.exec(hash) ?? []
      if (!count || !salt || !expected) return false
      return equalDigests(await derive(password, salt, Number(count)), expected)
    },
    needsRehash: (hash) => form.exec(hash)?.[1] !== String(iterations),
  }
}

async function derive(password: string, salt: string, iterations: number): Promise<string> {
  const encoder = new TextEncoder()
  // One form of each text, so that a password typed on another keyboard is still the same.
  const key = await crypto.subtle.importKey('raw', encoder.encode(password.normalize('NFKC')), 'PBKDF2', false, [
    'deriveBits',
  ])
  const parameters = { name: 'PBKDF2', hash: 'SHA-256', salt: encoder.encode(salt), iterations }
  return toBase64Url(new Uint8Array(await crypto.subtle.deriveBits(parameters, key, 256)))
}
