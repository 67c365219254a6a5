import { kinds, metadataParam } from '@acme/schema'
import { openApi } from '@acme/schema/wire'
import { Hono } from 'hono'
import { clientCookies, clientCookieText, readClientToken, sinceCookieTexts } from '../auth/client-token.ts'
import { fault } from '../domain/fault.ts'
import { findClient, frontSession } from '../domain/sign-in/clients.ts'
import { type Answer, addCookie, setHeaders } from '../http/answer.ts'
import { readApiVersion } from '../http/api-version.ts'
import { clientPrefix } from '../http/client-prefix.ts'
import { dispatch, throwing } from '../http/dispatch.ts'
import { jwks } from '../http/jwks.ts'
import { queryParam } from '../http/query-param.ts'
import { readBody } from '../http/read-body.ts'
import { jsonResponse } from '../http/reply.ts'
import type { RequestInfo } from '../http/request-info.ts'
import { serverVersion } from '../http/version.ts'
import type { Instance } from '../instance.ts'
import { client } from './client.ts'
import { devBrowser } from './dev-browser.ts'
import { environmentJson } from './environment.ts'
import type { FrontendEnv } from './frontend-env.ts'
import { handshake } from './handshake.ts'
import { me } from './me.ts'
import { myEmailAddresses } from './my-email-addresses.ts'
import { myPassword } from './my-password.ts'
import { mySessions } from './my-sessions.ts'
import { assertHost, assertOrigin } from './origin.ts'
import { sessions } from './sessions.ts'
import { signIns } from './sign-ins.ts'
import { signUps } from './sign-ups.ts'

/** The metadata fields of a form, which carry JSON text. All kinds, so that a forbidden one is refused as what it is. */
const jsonFields: ReadonlySet<string> = new Set(kinds.map((kind) => metadataParam(kind)))

/** What changes nothing (RFC 9110), wherever it comes from. */
const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD'])

/** The door of the Frontend API: finds out which client asks, and hands it its token. */
export function createFrontendDoor(
  instance: Instance,
): (request: Request, url: URL, traceId: () => string, info: RequestInfo) => Promise<Answer> {
  const environment = () => jsonResponse(JSON.stringify(environmentJson(instance)), 200)
  // Clerk's client ends the path of a collection with a slash.
  const router = new Hono<FrontendEnv>({ strict: false })
    .route('/v1/client/sign_ups', signUps(instance))
    .route('/v1/client/sign_ins', signIns(instance))
    .get('/v1/client/handshake', handshake(instance))
    .route('/v1/client/sessions', sessions(instance))
    .route('/v1/client', client(instance))
    .route('/v1/me/sessions', mySessions(instance))
    .route('/v1/me/email_addresses', myEmailAddresses(instance))
    .route('/v1/me', me(instance))
    .route('/v1/me', myPassword(instance))
    .route('/v1/dev_browser', devBrowser(instance))
    .get('/v1/environment', environment)
    .patch('/v1/environment', environment)
    .get('/openapi.json', () => jsonResponse(JSON.stringify(openApi(serverVersion)), 200))
    .get('/.well-known/jwks.json', () => jwks(instance))
    .get('/v1/.well-known/jwks.json', () => jwks(instance))
  throwing(router)
  const isTest = instance.instanceType === 'test'
  const cookies = clientCookies(instance.publishableKey, isTest)

  return async (request, url, traceId, info) => {
    assertHost(instance, url)
    const names = await cookies
    const { token, way } = readClientToken(request, url, { names, isTest })
    const method = tunneledMethod(request, url)
    if (way === 'native' && request.headers.has('origin')) {
      const long = 'Native requests carry no Origin, pages no Authorization header.'
      throw fault(400, 'origin_authorization_headers_conflict', 'Conflicting headers', long)
    }
    if (!safeMethods.has(request.method) && way !== 'native') assertOrigin(instance, request)
    const client = await findClient(instance, token)
    if (way === 'development' && !client && !url.pathname.endsWith('/handshake')) {
      const long = 'This development browser is not known (any more). Begin with POST /v1/dev_browser.'
      throw fault(401, 'dev_browser_unauthenticated', 'Browser unauthenticated', long)
    }
    const variables: FrontendEnv['Bindings'] = {
      url,
      method,
      apiVersion: readApiVersion(request, url),
      ...(await readBody(request, jsonFields)),
      client,
      token: undefined,
      origin: request.headers.get('origin') ?? undefined,
      prefix: clientPrefix(info.remoteAddress),
      actor: { side: 'frontend', traceId: method === 'GET' ? undefined : traceId() },
    }
    const answer = await dispatch(router, request, method, variables)
    const newToken = variables.token
    if (newToken !== undefined) {
      if (way === 'native') setHeaders(answer, { authorization: newToken })
      else if (way === 'development') setHeaders(answer, { 'clerk-db-jwt': newToken })
      else {
        // The plain one first, as Clerk's clients know it.
        const texts = names.map((name) => clientCookieText(name, newToken, isSecure(instance, url))).reverse()
        for (const text of texts) addCookie(answer, text)
      }
    }
    // In test instances clerk-js writes these itself.
    if (way === 'cookie' && !isTest && method !== 'GET' && variables.client) {
      const since = await signedInSince(instance, variables.client.id)
      for (const text of await sinceCookieTexts(instance.publishableKey, new URL(instance.origin).host, since)) {
        addCookie(answer, text)
      }
    }
    return answer
  }
}

/** The method that is meant: clerk-js sends all but GET as POST and names the method in the query. */
function tunneledMethod(request: Request, url: URL): string {
  const meant = queryParam(url, '_method')
  if (meant === null || request.method !== 'POST') return request.method
  if (/^(PATCH|PUT|DELETE)$/.test(meant)) return meant
  throw fault(400, 'malformed_request_parameters', 'invalid _method', '_method is PATCH, PUT or DELETE.')
}

/** Since when somebody is signed in on a client, in seconds since the epoch; 0 when nobody is. */
async function signedInSince(instance: Instance, clientId: string): Promise<number> {
  const client = await instance.storage.find('clients', clientId)
  return client && (await frontSession(instance, client)) ? Math.floor(client.updatedAt / 1_000) : 0
}

/** Whether browsers get here by https, whatever a proxy before this server speaks to it. */
function isSecure(instance: Instance, url: URL): boolean {
  return url.protocol === 'https:' || instance.origin.startsWith('https:')
}
