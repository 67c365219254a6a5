import { type BackendDoor, createBackendDoor, isBackendPath } from './backend-api/door.ts'
import { Fault, fault, toFault } from './domain/fault.ts'
import { longestWait, mostUnderWay } from './domain/sign-in/limits.ts'
import { VersionConflict } from './domain/users/change-user.ts'
import { createFrontendDoor } from './frontend-api/door.ts'
import { corsHeaders } from './frontend-api/origin.ts'
import { type Answer, type Answering, setHeaders } from './http/answer.ts'
import { conflict } from './http/conflict.ts'
import { type FaultReport, reportOf } from './http/fault-report.ts'
import { assertThere } from './http/not-there.ts'
import { faultResponse } from './http/reply.ts'
import type { RequestInfo } from './http/request-info.ts'
import type { Instance } from './instance.ts'

/** A request that was answered, for the log: no query, no header, no body. */
export interface LogEntry {
  readonly method: string
  readonly path: string
  readonly status: number
  /** How long it took, in milliseconds. */
  readonly duration: number
  readonly traceId: string
  /** The code of the error that was answered, where one was. */
  readonly code?: string | undefined
  /** What went wrong on this side, where something did. */
  readonly fault?: FaultReport | undefined
}

/** A door besides those of the two APIs, for what not every runtime serves. */
export interface OtherDoor {
  isFor(path: string): boolean
  answer(request: Request, url: URL, traceId: () => string, info: RequestInfo): Promise<Answer>
}

/** Makes it; it may hand on to the Backend API whom it has let in. */
export type OpenOther = (instance: Instance, backend: BackendDoor) => OtherDoor

/** What an app is made of besides the instance. */
export interface AppOptions {
  readonly log?: ((entry: LogEntry) => void) | undefined
  readonly most?: number | undefined
  readonly openOther?: OpenOther | undefined
}

/**
 * Picks the door, one for each API, and answers what goes wrong behind it. While so many requests are under way that it
 * could not answer in time, it refuses more.
 */
export function createApp(instance: Instance, { log, most = mostUnderWay, openOther }: AppOptions): Answering {
  const atBackend = createBackendDoor(instance)
  const atFrontend = createFrontendDoor(instance)
  const other = openOther?.(instance, atBackend)

  const { traffic } = instance

  return async (request, info = {}) => {
    const start = Date.now()
    const begun = performance.now()
    const url = new URL(request.url)
    const isBackend = isBackendPath(url.pathname)
    const isOther = other?.isFor(url.pathname) ?? false
    let made: string | undefined
    const traceId = () => {
      made ??= givenTraceId(request) ?? createTraceId()
      return made
    }
    let answer: Answer
    let report: FaultReport | undefined
    let code: string | undefined
    traffic.begin()
    try {
      const hasWaited = traffic.underWay > most / 8 && (info.waited ?? 0) > longestWait
      if (traffic.underWay > most || hasWaited) throw overloaded()
      if (request.method === 'OPTIONS') answer = new Response(null, { status: 204, headers: preflightHeaders })
      else if (url.href.includes('%00')) throw oddAddress()
      else if (other && isOther) answer = await other.answer(request, url, traceId, info)
      else {
        assertThere(url)
        answer = isBackend ? await atBackend(request, url, traceId) : await atFrontend(request, url, traceId, info)
      }
    } catch (error) {
      const side = isBackend || isOther ? 'backend' : 'frontend'
      const known = error instanceof VersionConflict ? conflict(error, side, instance.clock()) : toFault(error)
      const cause = known instanceof Fault ? known.cause : error
      if (cause !== undefined) report = reportOf(cause)
      const words = 'The server failed. Quote the trace id when asking for help.'
      const told = known instanceof Fault ? known : fault(500, 'internal_clerk_error', 'Internal error', words)
      code = told.errors[0]?.code
      answer = faultResponse(told, traceId())
    } finally {
      traffic.end()
    }
    if (!isBackend && !isOther) setHeaders(answer, corsHeaders(instance, request))
    instance.activity.answered(answer.status, performance.now() - begun)
    log?.({
      method: request.method,
      path: url.pathname,
      status: answer.status,
      duration: Date.now() - start,
      traceId: traceId(),
      ...(code && { code }),
      ...(report && { fault: report }),
    })
    return answer
  }
}

const preflightHeaders = {
  'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
  'access-control-allow-headers': 'Authorization, Content-Type, If-Match, Idempotency-Key',
  'access-control-max-age': '600',
}

/** The trace that a caller is in (W3C Trace Context, `traceparent`), where it names a valid one. */
function givenTraceId(request: Request): string | undefined {
  const [, version, id, parent, rest] =
    /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-[\da-f]{2}(-.*)?$/.exec(request.headers.get('traceparent') ?? '') ?? []
  const isValid = version !== 'ff' && (version !== '00' || rest === undefined)
  return isValid && /[^0]/.test(id ?? '') && /[^0]/.test(parent ?? '') ? id : undefined
}

function createTraceId(): string {
  return crypto.randomUUID().replaceAll('-', '')
}

/** No id, identifier or text holds the character, and not every storage can look for it. */
function oddAddress(): Fault {
  return fault(400, 'malformed_request_parameters', 'malformed', 'The address of the request holds a NUL character.')
}

function overloaded(): Fault {
  const { errors } = fault(
    503,
    'server_overloaded',
    'has too much to do',
    'More requests are under way than can be answered in time. Nothing was changed; try again.',
  )
  return new Fault(503, errors, { outcome: 'not_applied', retryAfter: 1 })
}
