/** The name of the cookie that carries a client's token. */
const clientCookie = '__client'

/**
 * The names under which a client's token is kept in a cookie, the one to be believed first. Test instances have one of
 * their own besides: on one host cookies know no ports, so that two servers of this machine would sign each other's
 * browsers out.
 */
export async function clientCookies(publishableKey: string, isTest: boolean): Promise<readonly string[]> {
  return isTest ? [...(await withSuffix(publishableKey, clientCookie))].reverse() : [clientCookie]
}

/**
 * How a client's token travels: in a cookie; for native apps and Node in the Authorization header; for pages of
 * another site, in test instances, in the query, as Clerk's development browsers do.
 */
export type TokenWay = 'cookie' | 'native' | 'development'

/** The token that a request carries, and how: no other way counts. */
export interface GivenToken {
  readonly token: string | undefined
  readonly way: TokenWay
}

/**
 * What stands in a page's cookie of development browsers where there is none. Servers of a page hand it on when they ask
 * who is signed in, and mean whoever has the cookie.
 */
export const noBrowser = 'none'

/** Reads the token that a request carries, in a cookie of some names; only test instances know development browsers. */
export function readClientToken(
  request: Request,
  url: URL,
  { names, isTest }: { readonly names: readonly string[]; readonly isTest: boolean },
): GivenToken {
  if (url.searchParams.get('_is_native') === '1') {
    return { token: request.headers.get('authorization')?.replace(/^Bearer /i, '') || undefined, way: 'native' }
  }
  const development = url.searchParams.get('__clerk_db_jwt')
  if (isTest && development !== null && development !== noBrowser) return { token: development, way: 'development' }
  const cookies = (request.headers.get('cookie') ?? '').split(/; */)
  for (const name of names) {
    const found = cookies.find((cookie) => cookie.startsWith(`${name}=`))
    if (found) return { token: found.slice(name.length + 1), way: 'cookie' }
  }
  return { token: undefined, way: 'cookie' }
}

/** The two names of a cookie: plain, and with what tells the instances of one site apart. */
export async function withSuffix(publishableKey: string, name: string): Promise<readonly string[]> {
  const hash = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(publishableKey))
  const text = btoa(String.fromCharCode(...new Uint8Array(hash)))
  return [name, `${name}_${text.replace(/\+/g, '-').replace(/\//g, '_').slice(0, 8)}`]
}

/**
 * Writes the cookies that tell servers of a page since when somebody is signed in, in seconds; 0 is nobody. Clerk's
 * read them on the page's own site, which the host of a live instance is a part of (`clerk.example.com`).
 */
export async function sinceCookieTexts(publishableKey: string, host: string, since: number): Promise<string[]> {
  return (await withSuffix(publishableKey, '__client_uat')).map(
    (name) => `${name}=${since}; Path=/; Max-Age=31536000; SameSite=Lax; Secure${siteOf(host)}`,
  )
}

/** Writes the cookie that hands a handshake to the servers of the page's own site, where no address would tell it. */
export function handshakeCookieText(token: string, host: string): string {
  return `__clerk_handshake=${token}; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure${siteOf(host)}`
}

/** The attribute by which a cookie goes to all of the site that a host (`clerk.example.com`) is a part of. */
function siteOf(host: string): string {
  const site = host.replace(/:\d+$/, '').split('.').slice(1)
  return site.length > 1 ? `; Domain=${site.join('.')}` : ''
}

/** Writes a cookie of a client's token: out of reach of scripts and of other sites. */
export function clientCookieText(name: string, token: string, isSecure: boolean): string {
  return `${name}=${token}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`
}
