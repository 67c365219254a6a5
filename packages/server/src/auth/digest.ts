/** What of Node's own cryptography is used where it is there: Web Crypto makes each digest a job of its thread pool. */
interface NodeCrypto {
  hash?(algorithm: 'sha256', text: string, encoding: 'base64url'): string
}

const { process } = globalThis as { process?: { getBuiltinModule?(name: string): NodeCrypto | undefined } }
const node = process?.getBuiltinModule?.('node:crypto')

/** Gives the SHA-256 digest of a text, as base64url: at once where the platform can. */
export function digest(text: string): string | Promise<string> {
  return node?.hash ? node.hash('sha256', text, 'base64url') : digestByWebCrypto(text)
}

async function digestByWebCrypto(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return toBase64Url(new Uint8Array(bytes))
}

/** Makes a secret of 256 random bits, as base64url. */
export function createSecret(): string {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(32)))
}

/** Compares two digests in a time that does not tell where they differ. */
export function equalDigests(a: string, b: string): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let index = 0; index < a.length; index++) difference |= a.charCodeAt(index) ^ b.charCodeAt(index)
  return difference === 0
}

/** Writes bytes as base64url (RFC 4648, section 5), without padding. */
export function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '')
}
