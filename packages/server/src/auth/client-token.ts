import type { ClientRow } from '../storage/rows.ts'
import type { Storage } from '../storage/storage.ts'
import { digest, equalDigests } from './digest.ts'

/** The name of the cookie that carries a client's token. */
export const clientCookie = '__client'

/** The token that a request carries, and how. */
export interface GivenToken {
  readonly token: string | undefined
  /** Native apps and Node: the token travels in the Authorization header, and no cookie counts. */
  readonly isNative: boolean
}

/** Reads the token that a request carries. */
export function readClientToken(request: Request, url: URL): GivenToken {
  if (url.searchParams.get('_is_native') === '1') {
    return { token: request.headers.get('authorization')?.replace(/^Bearer /i, '') || undefined, isNative: true }
  }
  const cookies = (request.headers.get('cookie') ?? '').split(/; */)
  const found = cookies.find((cookie) => cookie.startsWith(`${clientCookie}=`))
  return { token: found?.slice(clientCookie.length + 1), isNative: false }
}

/** Finds the client whose token it is. */
export async function findClient(storage: Storage, token: string | undefined): Promise<ClientRow | undefined> {
  const [, id, secret] = /^(client_[A-Za-z0-9]+)\.([\w-]+)$/.exec(token ?? '') ?? []
  if (!id || !secret) return undefined
  const client = await storage.find('clients', id)
  return client && equalDigests(client.secretDigest, await digest(secret)) ? client : undefined
}

/** Writes the cookie of a client's token: out of reach of scripts and of other sites. */
export function clientCookieText(token: string, isSecure: boolean): string {
  return `${clientCookie}=${token}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`
}
