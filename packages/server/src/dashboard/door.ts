import { hasScope } from '@acme/schema/wire'
import type { OtherDoor } from '../app.ts'
import { digest, equalDigests } from '../auth/digest.ts'
import { findSecretKey } from '../auth/secret-key.ts'
import { vouchFor } from '../auth/vouched-requests.ts'
import type { BackendDoor } from '../backend-api/door.ts'
import { type DashboardSession, endSession, findSession, proofOf } from '../domain/dashboard/dashboard-sessions.ts'
import { Fault, fault } from '../domain/fault.ts'
import { instanceId } from '../domain/instance-id.ts'
import { keyNotes } from '../domain/keys/secret-keys.ts'
import { assertHost } from '../frontend-api/origin.ts'
import { type Answer, addCookie, setHeaders } from '../http/answer.ts'
import { assertThere } from '../http/not-there.ts'
import { readBytes } from '../http/read-body.ts'
import { jsonResponse } from '../http/reply.ts'
import type { RequestInfo } from '../http/request-info.ts'
import type { Instance } from '../instance.ts'
import { createHintStreams } from './hint-streams.ts'
import { manageKeys } from './keys.ts'
import { assertNoFrame, assertSameOrigin } from './same-origin.ts'
import { dashboardPath, readSessionCookie, sessionCookie, sessionCookieText } from './session-cookie.ts'
import { sessionJson } from './session-json.ts'
import { signIn } from './sign-in.ts'

/** Gives a file of the dashboard's page by its path below it; for what is none the page itself, which knows its views. */
export type DashboardFiles = (request: Request, path: string) => Promise<Answer>

/** What the dashboard is made of besides. */
export interface DashboardOptions {
  readonly files: DashboardFiles
  /** The digest of the key that the server starts by. */
  readonly keptKey?: string | undefined
}

/** What replies say besides what replies of the Backend API do: they are for this page and for nobody else. */
const ownHeaders = { 'x-content-type-options': 'nosniff', 'cross-origin-resource-policy': 'same-origin' }

/** Where the page hears of what changes. */
const eventsPath = '/events'

/** A request that the page makes while nobody does anything in it: that is no use of the session. */
const unattended = 'x-acme-unattended'

/** What a request of the page says that is not for the Backend API. */
const notPassedOn = ['authorization', 'cookie', 'origin', 'x-acme-proof', unattended]

/**
 * Makes the door of the dashboard: its page for everybody, and for who is signed in the Backend API, asked as the holder
 * of the key that they signed in by.
 */
export function createDashboardDoor(
  instance: Instance,
  backend: BackendDoor,
  { files, keptKey }: DashboardOptions,
): OtherDoor {
  const hints = createHintStreams(instance.live, instance.storage)

  /** Finds who is signed in, as long as their key opens anything. */
  async function open(token: string | undefined, isUse = true): Promise<DashboardSession | undefined> {
    const session = token === undefined ? undefined : await findSession(instance, token, isUse)
    return session && (await findSecretKey(session.keyDigest, instance.secretKeys)) ? session : undefined
  }

  async function show(token: string, session: DashboardSession | undefined): Promise<Answer> {
    if (!session) return jsonResponse('null', 200)
    const row = await instance.storage.find('instances', instanceId)
    const note = row && keyNotes(row).find((one) => one.digest === session.keyDigest)
    const { engine } = await instance.storage.describe()
    const shown = sessionJson(instance, session, { note, engine, proof: await proofOf(token) })
    return jsonResponse(JSON.stringify(shown), 200)
  }

  /** Asks the Backend API as the holder of the key, by the same address without what comes before `/v1/`. */
  async function ask(request: Request, url: URL, keyDigest: string, traceId: () => string): Promise<Answer> {
    const asked = new URL(url)
    asked.pathname = url.pathname.slice(dashboardPath.length)
    assertThere(asked)
    const headers = new Headers(request.headers)
    for (const name of notPassedOn) headers.delete(name)
    const { method } = request
    const body = method === 'GET' || method === 'HEAD' ? null : ((await readBytes(request)) as Uint8Array<ArrayBuffer>)
    const vouched = new Request(asked, { method, headers, body })
    vouchFor(vouched, { keyDigest, through: 'dashboard' })
    return backend(vouched, asked, traceId)
  }

  /** Tells the page what changes, for as long as its session goes on, which is not used by that. */
  async function tell(token: string, { keyDigest }: DashboardSession): Promise<Answer> {
    const own = await findSecretKey(keyDigest, instance.secretKeys)
    if (own?.scopes && !hasScope(own.scopes, 'read')) throw unreadable()
    const isIn = async () => (await open(token, false)) !== undefined
    const body = await hints.open({ session: await digest(token), isIn })
    if (!body) throw tooMany()
    return new Response(body, {
      headers: {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store, no-transform',
        'x-accel-buffering': 'no',
      },
    })
  }

  async function answer(request: Request, url: URL, traceId: () => string, info: RequestInfo): Promise<Answer> {
    const path = url.pathname.slice(dashboardPath.length)
    const isSession = path === '/session'
    assertSameOrigin(request, url)
    const isSecure = url.protocol === 'https:' || instance.origin.startsWith('https:')
    const cookie = await sessionCookie(instance.publishableKey, isSecure)
    const token = readSessionCookie(request, cookie)
    if (isSession && request.method === 'POST') {
      const begun = await signIn(instance, request, info)
      if (token !== undefined) await endSession(instance, token)
      const shown = await show(begun, await open(begun))
      addCookie(shown, sessionCookieText(cookie, begun, isSecure))
      return shown
    }
    const isEvents = path === eventsPath
    const session = await open(token, !isEvents && !request.headers.has(unattended))
    if (isSession && request.method === 'GET') return show(token ?? '', session)
    if (!session || token === undefined) throw signedOut()
    // By the cookie alone, since an EventSource sends no header: it says nothing but that something has changed.
    if (isEvents) {
      if (request.method !== 'GET') throw nowhere()
      return tell(token, session)
    }
    const given = await digest(request.headers.get('x-acme-proof') ?? '')
    if (!equalDigests(given, await digest(await proofOf(token)))) throw unproven()
    if (isKeys(path)) {
      const manager = { instance, current: session.keyDigest, kept: keptKey }
      return manageKeys(manager, request, path.slice('/secret_keys/'.length))
    }
    if (!isSession) return ask(request, url, session.keyDigest, traceId)
    if (request.method !== 'DELETE') throw nowhere()
    await endSession(instance, token)
    const ended = jsonResponse(JSON.stringify({ object: 'dashboard_session', deleted: true }), 200)
    addCookie(ended, sessionCookieText(cookie, '', isSecure))
    return ended
  }

  return {
    isFor: (path) => path === dashboardPath || path.startsWith(`${dashboardPath}/`),
    async answer(request, url, traceId, info) {
      assertHost(instance, url)
      const path = url.pathname.slice(dashboardPath.length)
      if (path === '/session' || path === eventsPath || isKeys(path) || path.startsWith('/v1/')) {
        const given = await answer(request, url, traceId, info)
        setHeaders(given, ownHeaders)
        return given
      }
      assertNoFrame(request)
      if (request.method !== 'GET' && request.method !== 'HEAD') throw nowhere()
      return files(request, path)
    },
  }
}

/** Where keys are managed. */
function isKeys(path: string): boolean {
  return path === '/secret_keys' || path.startsWith('/secret_keys/')
}

function signedOut(): Fault {
  return fault(
    401,
    'dashboard_session_invalid',
    'signed out',
    'Sign in again: the session is over, or its key was revoked.',
  )
}

function unproven(): Fault {
  const long = 'X-Acme-Proof is not that of the session: read it again by GET /dashboard/session.'
  return fault(403, 'dashboard_proof_invalid', 'not proven', long)
}

function unreadable(): Fault {
  return fault(403, 'insufficient_scope', 'insufficient scope', 'The key that you signed in by may not read.')
}

function tooMany(): Fault {
  const { errors } = fault(503, 'too_many_streams', 'too many streams', 'This server holds as many streams as it may.')
  return new Fault(503, errors, { retryAfter: 30 })
}

function nowhere(): Fault {
  return fault(404, 'resource_not_found', 'not found', 'This server has no such endpoint.')
}
