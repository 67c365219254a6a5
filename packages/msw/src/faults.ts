import { HttpResponse } from 'msw'
import type { MockRequest } from './requests.ts'
import type { State } from './state.ts'

/** What goes wrong with the requests it fits, the next ones first. */
export interface MockFault {
  /** The method that is meant, `PATCH` for example. @default any */
  readonly method?: string | undefined
  /** The path, whole (`/v1/me/metadata`) or as a pattern. @default any */
  readonly path?: string | RegExp | undefined
  /** How many requests it hits. @default 1 */
  readonly times?: number | undefined
  /**
   * An HTTP status with an error body (code `mock_failure`), or: no connection (`network`), no answer (`timeout`), an
   * answer that breaks off (`truncated`).
   */
  readonly status: number | 'network' | 'timeout' | 'truncated'
  /** The `Retry-After` of the answer, in seconds. */
  readonly retryAfter?: number | undefined
  /** Whether the server does what it was asked before the answer gets lost. @default false */
  readonly applied?: boolean | undefined
}

/** Takes the fault that a request is hit by, if there is one. */
export function takeFault({ faults }: State, { method, path }: MockRequest): MockFault | undefined {
  const found = faults.find(
    ({ fault, left }) =>
      left > 0 &&
      (fault.method ?? method).toUpperCase() === method &&
      (fault.path instanceof RegExp ? fault.path.test(path) : (fault.path ?? path) === path),
  )
  if (found) found.left--
  return found?.fault
}

/** Makes the answer of a fault. */
export async function answerOf(
  { status, retryAfter }: MockFault,
  request: Request,
  ended: AbortSignal,
): Promise<Response> {
  if (status === 'network') return HttpResponse.error()
  if (status === 'timeout') {
    // Until the caller has given up, or the test is over.
    await new Promise<void>((resolve) => {
      for (const signal of [request.signal, ended]) signal.addEventListener('abort', () => resolve(), { once: true })
    })
    return HttpResponse.error()
  }
  const headers = {
    'content-type': 'application/json',
    ...(retryAfter !== undefined && { 'retry-after': `${retryAfter}` }),
  }
  if (status === 'truncated') return new Response(brokenOff(), { headers })
  const message = 'This answer was asked for by the test.'
  const body = { errors: [{ code: 'mock_failure', message, long_message: message }], clerk_trace_id: 'mock' }
  return new Response(JSON.stringify(body), { status, headers })
}

function brokenOff(): ReadableStream<Uint8Array> {
  let isBegun = false
  return new ReadableStream({
    pull(controller) {
      if (isBegun) return controller.error(new TypeError('terminated'))
      isBegun = true
      controller.enqueue(new TextEncoder().encode('{"response":{"id":"us'))
    },
  })
}
