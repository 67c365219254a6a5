import { kinds, metadataParam } from '@acme/schema'
import { openApi } from '@acme/schema/wire'
import { type Env, Hono } from 'hono'
import { clientCookieText, readClientToken, sinceCookieTexts } from './auth/client-token.ts'
import { authenticateSecretKey } from './auth/secret-key.ts'
import type { BackendEnv } from './backend-api/backend-env.ts'
import { metadataSchemas } from './backend-api/metadata-schemas.ts'
import { sessions as backendSessions } from './backend-api/sessions.ts'
import { signInTokens } from './backend-api/sign-in-tokens.ts'
import { users } from './backend-api/users.ts'
import { VersionConflict } from './domain/change-user.ts'
import { findClient, frontSession } from './domain/clients.ts'
import { Fault, fault, toFault } from './domain/fault.ts'
import { userJson } from './domain/user-json.ts'
import { client } from './frontend-api/client.ts'
import { devBrowser } from './frontend-api/dev-browser.ts'
import { environmentJson } from './frontend-api/environment.ts'
import type { FrontendEnv } from './frontend-api/frontend-env.ts'
import { handshake } from './frontend-api/handshake.ts'
import { me } from './frontend-api/me.ts'
import { assertHost, assertOrigin, corsHeaders } from './frontend-api/origin.ts'
import { sessions } from './frontend-api/sessions.ts'
import { signIns } from './frontend-api/sign-ins.ts'
import { signUps } from './frontend-api/sign-ups.ts'
import { readApiVersion } from './http/api-version.ts'
import { clientPrefix } from './http/client-prefix.ts'
import { type FaultReport, reportOf } from './http/fault-report.ts'
import { readRepeatable } from './http/idempotency-key.ts'
import { notThere } from './http/not-there.ts'
import { readBody } from './http/read-body.ts'
import { faultResponse, jsonResponse } from './http/reply.ts'
import { serverVersion } from './http/version.ts'
import type { Instance } from './instance.ts'

/** What is known of a request besides what it says. */
export interface RequestInfo {
  /** The address it comes from, for rate limits. */
  readonly remoteAddress?: string | undefined
}

/** A request that was answered, for the log: no query, no header, no body. */
export interface LogEntry {
  readonly method: string
  readonly path: string
  readonly status: number
  /** How long it took, in milliseconds. */
  readonly duration: number
  readonly traceId: string
  /** What went wrong on this side, where something did. */
  readonly fault?: FaultReport | undefined
}

/** The metadata fields of a form, which carry JSON text. All kinds, so that a forbidden one is refused as what it is. */
const jsonFields: ReadonlySet<string> = new Set(kinds.map((kind) => metadataParam(kind)))

/** The two doors, one for each API, and what lies behind them. */
export function createApp(
  instance: Instance,
  log?: (entry: LogEntry) => void,
): (request: Request, info?: RequestInfo) => Promise<Response> {
  const backend = new Hono<BackendEnv>()
    .route('/v1/users', users(instance))
    .route('/v1/sessions', backendSessions(instance))
    .route('/v1/sign_in_tokens', signInTokens(instance))
    .route('/v1/metadata_schemas', metadataSchemas(instance))
    .get('/v1/jwks', () => jwks(instance))

  const frontend = new Hono<FrontendEnv>()
    .route('/v1/client/sign_ups', signUps(instance))
    .route('/v1/client/sign_ins', signIns(instance))
    .get('/v1/client/handshake', handshake(instance))
    .route('/v1/client/sessions', sessions(instance))
    .route('/v1/client', client(instance))
    .route('/v1/me', me(instance))
    .route('/v1/dev_browser', devBrowser(instance))
    .get('/v1/environment', () => jsonResponse(JSON.stringify(environmentJson(instance)), 200))
    .patch('/v1/environment', () => jsonResponse(JSON.stringify(environmentJson(instance)), 200))
    .get('/openapi.json', () => jsonResponse(JSON.stringify(openApi(serverVersion)), 200))
    .get('/.well-known/jwks.json', () => jwks(instance))
    .get('/v1/.well-known/jwks.json', () => jwks(instance))
  throwing(backend)
  throwing(frontend)

  async function atBackend(request: Request, url: URL): Promise<Response> {
    const caller = await authenticateSecretKey(request, instance.secretKeys)
    const apiVersion = readApiVersion(request, url)
    const { params, text } = await readBody(request)
    const described = `${request.method} ${url.pathname} ${text}`
    const key = request.method === 'GET' ? null : request.headers.get('idempotency-key')
    const repeatable = await readRepeatable(key, caller, described)
    return dispatch(backend, request, request.method, { url, params, apiVersion, repeatable })
  }

  async function atFrontend(request: Request, url: URL, info: RequestInfo): Promise<Response> {
    assertHost(instance, url)
    const { token, way } = readClientToken(request, url, instance.instanceType === 'test')
    const method = tunneledMethod(request, url)
    if (way === 'native' && request.headers.has('origin')) {
      const long = 'Native requests carry no Origin, pages no Authorization header.'
      throw fault(400, 'origin_authorization_headers_conflict', 'Conflicting headers', long)
    }
    if (request.method !== 'GET' && way !== 'native') assertOrigin(instance, request)
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
    }
    const response = await dispatch(frontend, request, method, variables)
    const newToken = variables.token
    if (newToken !== undefined) {
      if (way === 'native') response.headers.set('authorization', newToken)
      else if (way === 'development') response.headers.set('clerk-db-jwt', newToken)
      else response.headers.append('set-cookie', clientCookieText(newToken, isSecure(instance, url)))
    }
    // In test instances clerk-js writes these itself.
    if (way === 'cookie' && instance.instanceType === 'live' && method !== 'GET' && variables.client) {
      const since = await signedInSince(instance, variables.client.id)
      for (const text of await sinceCookieTexts(instance.publishableKey, new URL(instance.origin).host, since)) {
        response.headers.append('set-cookie', text)
      }
    }
    return response
  }

  return async (request, info = {}) => {
    const start = Date.now()
    const traceId = crypto.randomUUID().replace(/-/g, '')
    const url = new URL(request.url)
    const isBackend = /^\/v1\/(users|sessions|sign_in_tokens|jwks|metadata_schemas)(\/|$)/.test(url.pathname)
    let response: Response
    let report: FaultReport | undefined
    try {
      const missing = notThere(url.pathname)
      if (request.method === 'OPTIONS') response = new Response(null, { status: 204, headers: preflightHeaders })
      else if (missing) throw fault(501, 'not_implemented', 'not implemented', `Not a part of this server: ${missing}.`)
      else response = isBackend ? await atBackend(request, url) : await atFrontend(request, url, info)
    } catch (error) {
      const side = isBackend ? 'backend' : 'frontend'
      const known = error instanceof VersionConflict ? conflict(instance, error, side) : toFault(error)
      const cause = known instanceof Fault ? known.cause : error
      if (cause !== undefined) report = reportOf(cause)
      const words = 'The server failed. Quote the trace id when asking for help.'
      response = faultResponse(
        known instanceof Fault ? known : fault(500, 'internal_clerk_error', 'Internal error', words),
        traceId,
      )
    }
    if (!isBackend)
      for (const [name, value] of Object.entries(corsHeaders(instance, request))) response.headers.set(name, value)
    log?.({
      method: request.method,
      path: url.pathname,
      status: response.status,
      duration: Date.now() - start,
      traceId,
      ...(report && { fault: report }),
    })
    return response
  }
}

const preflightHeaders = {
  'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
  'access-control-allow-headers': 'Authorization, Content-Type, If-Match, Idempotency-Key',
  'access-control-max-age': '600',
}

/** Has a door throw what goes wrong behind it, so that hono's own words are never an answer. */
function throwing<E extends Env>(door: Hono<E>): void {
  door.onError((error) => {
    throw error
  })
  door.notFound(() => {
    throw fault(404, 'resource_not_found', 'not found', 'This server has no such endpoint.')
  })
}

/** Runs a handler with what the door has found out; the body has been read already. */
async function dispatch<E extends Env>(
  door: Hono<E>,
  request: Request,
  method: string,
  bindings: E['Bindings'],
): Promise<Response> {
  const meant = method === request.method ? request : new Request(request.url, { method, headers: request.headers })
  return door.fetch(meant, bindings)
}

/** The method that is meant: clerk-js sends all but GET as POST and names the method in the query. */
function tunneledMethod(request: Request, url: URL): string {
  const meant = url.searchParams.get('_method')
  if (meant === null || request.method !== 'POST') return request.method
  if (/^(PATCH|PUT|DELETE)$/.test(meant)) return meant
  throw fault(400, 'malformed_request_parameters', 'invalid _method', '_method is PATCH, PUT or DELETE.')
}

function conflict(instance: Instance, { user }: VersionConflict, side: 'frontend' | 'backend'): Fault {
  const long = 'The user has another version than If-Match names. Read it again and repeat the change.'
  const meta = { current: userJson(user, side, instance.clock()) } as object
  return new Fault(412, [
    { code: 'version_conflict', message: 'version conflict', long_message: long, meta: meta as never },
  ])
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

function jwks(instance: Instance): Response {
  return jsonResponse(JSON.stringify(instance.tokens.jwks), 200)
}
