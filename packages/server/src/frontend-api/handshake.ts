import { handshakeCookieText, noBrowser, withSuffix } from '../auth/client-token.ts'
import { signSession } from '../auth/sign-session.ts'
import { paramFault } from '../domain/fault.ts'
import { frontSession } from '../domain/sign-in/clients.ts'
import type { Instance } from '../instance.ts'
import type { FrontendContext } from './frontend-env.ts'
import { isAllowedOrigin } from './origin.ts'

/**
 * `GET /v1/client/handshake`: sends a browser back to the page it came from, with the cookies by which the page's
 * server knows who is signed in. Clerk's SDKs send it here when they cannot tell while they render. Pages that may not
 * call this instance are refused: what they would be given signs the user in.
 */
export function handshake(instance: Instance): (c: FrontendContext) => Promise<Response> {
  return async (c) => {
    const back = parse(c.env.url.searchParams.get('redirect_url'))
    if (!back || !isAllowedOrigin(instance, back.origin)) {
      throw paramFault('redirect_url', 'form_param_value_invalid', 'is not a page of an allowed origin')
    }
    const now = instance.clock()
    const isTest = instance.instanceType === 'test'
    const session = c.env.client && (await frontSession(instance, c.env.client))
    const user = session && (await instance.storage.find('users', session.userId))
    // No later than the token: who is signed in since after it was made would be sent here again.
    const since = session && c.env.client ? Math.floor(Math.min(c.env.client.updatedAt, now) / 1_000) : 0
    const gone = '; Max-Age=0'
    const secure = back.protocol === 'https:' ? '; Secure' : ''
    const shake = async (jwt: string | undefined) => {
      const cookies = {
        __session: jwt ?? gone,
        __client_uat: `${since}`,
        // Of a test instance they take no cookie beside which there is nothing of this name.
        ...(isTest && { __clerk_db_jwt: tokenOf(c.env.url.searchParams.get('__clerk_db_jwt')) ?? noBrowser }),
      }
      const texts: string[] = []
      for (const [name, value] of Object.entries(cookies)) {
        for (const full of await withSuffix(instance.publishableKey, name)) {
          texts.push(`${full}=${value}; Path=/; SameSite=Lax${secure}`)
        }
      }
      return instance.tokens.signHandshake(texts, now)
    }
    const subject = session && user && { session, user, origin: back.origin }
    const shakeWithin = async (claimsLimit?: number) =>
      shake(subject && (await signSession(instance, { ...subject, claimsLimit })))
    let token = await shakeWithin()
    // A browser that keeps no cookie of this size would be sent here again, for ever.
    if (token.length > longest) {
      const least = (await shakeWithin(0)).length
      token = await shakeWithin(Math.max(0, Math.floor((longest - least) / growth)))
    }
    const headers = new Headers({ 'cache-control': 'no-store' })
    if (isTest) back.searchParams.set('__clerk_handshake', token)
    // Addresses are logged and passed on.
    else headers.append('set-cookie', handshakeCookieText(token, new URL(instance.origin).host))
    headers.set('location', back.href)
    return new Response(null, { status: 307, headers })
  }
}

/** The longest handshake that a browser keeps as a cookie beside its name and attributes, in characters. */
const longest = 4_000

/** By how much a byte of the claims makes it longer: it holds two tokens, and base64 makes four characters of three, twice. */
const growth = 2 * (4 / 3) ** 2

/** What may stand in a cookie without being taken for its attributes. */
function tokenOf(text: string | null): string | undefined {
  return text !== null && /^[\w.-]+$/.test(text) ? text : undefined
}

function parse(text: string | null): URL | undefined {
  return text !== null && URL.canParse(text) ? new URL(text) : undefined
}
