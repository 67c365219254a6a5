import { parsePublishableKey } from '@acme/schema'

/** What is looked at of a request of Fetch. */
export interface FetchRequest {
  readonly method: string
  readonly headers: { get(name: string): string | null }
}

/** What is looked at of a request of Node, Express included. */
export interface NodeRequest {
  readonly method?: string | undefined
  readonly headers: { readonly [name: string]: string | string[] | undefined }
}

/** A request as Fetch has it (Hono, Next, workers, Deno, Bun), or as Node has it (Express, Fastify's `raw`). */
export type AnyRequest = FetchRequest | NodeRequest

/** Where a token was found. */
export interface FoundToken {
  readonly token: string
  /** Whether the browser sends it by itself, whoever's page asks. */
  readonly isCookie: boolean
}

/**
 * Finds the session token of a request: in the header `Authorization: Bearer`, else in the cookie `__session`, of which
 * the one that is named after the publishable key goes first.
 *
 * @throws AcmeError `publishable_key_invalid`
 */
export async function findToken(
  request: AnyRequest,
  publishableKey: string | undefined,
): Promise<FoundToken | undefined> {
  const bearer = /^Bearer +(\S+)$/i.exec(readHeader(request, 'authorization') ?? '')?.[1]
  if (bearer) return { token: bearer, isCookie: false }
  const own = publishableKey && `__session_${await toSuffix(publishableKey)}`
  const cookies = readHeader(request, 'cookie') ?? ''
  const token = (own && readCookie(cookies, own)) || readCookie(cookies, '__session')
  return token ? { token, isCookie: true } : undefined
}

/** Reads a header; undefined where there is none. */
export function readHeader({ headers }: AnyRequest, name: string): string | undefined {
  // A header may be called get, but is a text then.
  if (typeof headers.get === 'function') return headers.get(name) ?? undefined
  const value = (headers as NodeRequest['headers'])[name]
  return typeof value === 'string' ? value : value?.[0]
}

/** Reads the first cookie of a name (RFC 6265), which browsers send first where its path fits best. */
function readCookie(cookies: string, name: string): string | undefined {
  for (const cookie of cookies.split(';')) {
    const end = cookie.indexOf('=')
    if (end >= 0 && cookie.slice(0, end).trim() === name) return cookie.slice(end + 1).trim()
  }
  return undefined
}

let known: { readonly key: string; readonly suffix: string } | undefined

/** What Clerk's clients put behind the names of cookies: the beginning of the key's SHA-1. */
async function toSuffix(key: string): Promise<string> {
  if (known?.key === key) return known.suffix
  parsePublishableKey(key)
  const digest = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(key))
  const text = btoa(String.fromCharCode(...new Uint8Array(digest)))
  known = { key, suffix: text.replaceAll('+', '-').replaceAll('/', '_').slice(0, 8) }
  return known.suffix
}
