import { handshakeCookieText, withSuffix } from '../auth/client-token.ts'
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
    const jwt = session && user && (await signSession(instance, { session, user, origin: back.origin }))
    // No later than the token: who is signed in since after it was made would be sent here again.
    const since = session && c.env.client ? Math.floor(Math.min(c.env.client.updatedAt, now) / 1_000) : 0
    const gone = '; Max-Age=0'
    const cookies = {
      __session: jwt ?? gone,
      __client_uat: `${since}`,
      // Of a test instance they take no cookie beside which there is nothing of this name.
      ...(isTest && { __clerk_db_jwt: tokenOf(c.env.url.searchParams.get('__clerk_db_jwt')) ?? 'none' }),
    }
    const secure = back.protocol === 'https:' ? '; Secure' : ''
    const texts: string[] = []
    for (const [name, value] of Object.entries(cookies)) {
      for (const full of await withSuffix(instance.publishableKey, name)) {
        texts.push(`${full}=${value}; Path=/; SameSite=Lax${secure}`)
      }
    }
    const token = await instance.tokens.signHandshake(texts, now)
    const headers = new Headers({ 'cache-control': 'no-store' })
    if (isTest) back.searchParams.set('__clerk_handshake', token)
    // Addresses are logged and passed on.
    else headers.append('set-cookie', handshakeCookieText(token, new URL(instance.origin).host))
    headers.set('location', back.href)
    return new Response(null, { status: 307, headers })
  }
}

/** What may stand in a cookie without being taken for its attributes. */
function tokenOf(text: string | null): string | undefined {
  return text !== null && /^[\w.-]+$/.test(text) ? text : undefined
}

function parse(text: string | null): URL | undefined {
  return text !== null && URL.canParse(text) ? new URL(text) : undefined
}
