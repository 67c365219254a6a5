import { AbortError, NetworkError, type Outcome, TimeoutError } from '@acme/schema'
import type { Call, Reply } from './call.ts'
import { defaultTimeout, defaultTotalTimeout } from './default-timeouts.ts'
import { freezeJson } from './freeze-json.ts'
import { readText } from './read-text.ts'
import { readRetryAfter } from './retry-after.ts'
import { toAcmeError } from './to-acme-error.ts'
import type { TryAgain } from './try-again.ts'

/** How a client reaches its server. */
export interface HttpOptions {
  /** Where the API lives, without the version segment and the slash before it. */
  readonly baseUrl: string
  /** Sent with every call: names and values as headers may have them. */
  readonly headers?: { readonly [name: string]: string } | undefined
  /** Called for every request. @default globalThis.fetch */
  readonly fetch?: ((request: Request) => Promise<Response>) | undefined
  /** The time allowed for one attempt, in milliseconds. @default 10_000 */
  readonly timeout?: number | undefined
  /** The time allowed for a whole call, in milliseconds. @default 30_000 */
  readonly totalTimeout?: number | undefined
  /** How cookies travel. @default 'same-origin' */
  readonly credentials?: RequestCredentials | undefined
  /** Reads replies: where there are those of many users, by what no key of one of them can mislead. @default JSON.parse */
  readonly parse?: ((text: string) => unknown) | undefined
}

/** Sends calls: JSON in, JSON or an `AcmeError` out. */
export interface Http {
  send(call: Call): Promise<Reply>
}

/** How long after its start a call may be sent again, in milliseconds: its idempotency key is known for longer. */
const retryWindow = 600_000

/** How many retries a client has to begin with. */
export const retryQuota = 10

/** The longest time that timers know, in milliseconds. */
const longest = 2_147_483_647

/**
 * Makes what sends calls. The first attempt is made here; what tries again is asked for by the first call that needs it.
 * Everything above sees {@link Call}s and {@link Reply}s.
 */
export function createSender(options: HttpOptions, load: () => TryAgain | Promise<TryAgain>): Http {
  // How many attempts may be made beyond the first ones. Each success earns a tenth of one back, so that in an
  // outage a client sends at most a tenth more than it would without retries.
  let quota = retryQuota
  async function send(call: Call): Promise<Reply> {
    const { method, path, body = null, signal, isRead, isRepeatable = isRead } = call
    const url = `${options.baseUrl}/v1/${path}`
    const timeout = Math.min(call.timeout ?? options.timeout ?? defaultTimeout, longest)
    const totalTimeout = Math.min(call.totalTimeout ?? options.totalTimeout ?? defaultTotalTimeout, longest)
    const start = Date.now()
    const deadline = start + Math.min(totalTimeout, retryWindow)

    // What each attempt gave to a fetch of the app's own. Held until the call ends: Node ends what follows a request only
    // as long as that is not collected (nodejs/undici#4068).
    const sent: (Request | undefined)[] = []
    let giveUp: AbortController | undefined
    let sentHeaders: HeadersInit
    // Of the last attempt; status 0 while it has no answer that can be used.
    let status = 0
    let headers: Headers | undefined
    let text = ''
    let json: unknown
    let fault: unknown
    // Whether some attempt may have reached the server without its answer reaching us.
    let isUncertain = false

    // The body is read inside the attempt, so that timeouts and retries cover it as well. The request is made here, once for
    // each attempt: ky's own, with a clone for the case of a retry, would have to be copied to end by our signal.
    const attempt = async (): Promise<Response> => {
      // ky asks for one even where the signal has ended the call.
      signal?.throwIfAborted()
      giveUp = new AbortController()
      const ends = signal ? AbortSignal.any([signal, giveUp.signal]) : giveUp.signal
      const init: RequestInit = {
        method,
        headers: sentHeaders,
        body,
        credentials: options.credentials ?? 'same-origin',
        redirect: 'manual',
        signal: ends,
      }
      // The global one makes a request itself, which would be a copy of this.
      const request = options.fetch && new Request(url, init)
      const wasUncertain = isUncertain
      isUncertain = true
      if (sent.push(request) > 1) quota--
      status = 0
      try {
        // Looked up each time, so that a fetch patched later (MSW, a test) is still the one called.
        const response = await (options.fetch && request ? options.fetch(request) : fetch(url, init))
        const received = await readText(response)
        // Given up meanwhile: what it says comes too late, and another attempt may be under way.
        ends.throwIfAborted()
        text = received
        json = response.ok && text ? freezeJson((options.parse ?? JSON.parse)(text)) : undefined
        ;({ status, headers } = response)
        if (status < 500 || outcome() === 'not_applied') isUncertain = wasUncertain
        return response
      } catch (error) {
        ends.throwIfAborted()
        fault = error
        // Deno has no code for it, only words.
        if (/refused/i.test((error as { cause: string })?.cause + causeCode(error))) isUncertain = wasUncertain
        throw error
      }
    }

    // What @acme/server says of a write where the status does not tell.
    const outcome = () => (status ? headers?.get('acme-outcome') : undefined) as Outcome | null | undefined
    const retryAfter = () => (status && headers ? readRetryAfter(headers) : undefined)

    const mayTryAgain = (attempts: number) => {
      if (!status) giveUp?.abort()
      const wait = retryAfter()
      return (
        // What could not be made, for a header that none can have, can be made no better.
        sent.length === attempts &&
        // A write that was refused a connection is as good as not sent.
        (isRepeatable || !(status || isUncertain)) &&
        isTransient(status) &&
        !signal?.aborted &&
        Date.now() + (wait ?? 0) * 1_000 < deadline &&
        quota >= 1 &&
        // Undefined leaves the delay to ky, which honors Retry-After.
        (wait === undefined || undefined)
      )
    }

    try {
      sentHeaders = { ...options.headers, ...call.headers }
      // Says what no header can have before anything is sent.
      if (call.headers) sentHeaders = new Headers(sentHeaders)
      const first = inTime(attempt, Math.min(timeout, totalTimeout))
      if (!(await first.catch(() => undefined))?.ok) {
        if (mayTryAgain(1) === false) throw await first
        const left = Math.max(0, start + totalTimeout - Date.now())
        const tryAgain = await load()
        await tryAgain({
          url,
          method,
          signal: signal ?? null,
          timeout,
          totalTimeout: left,
          first,
          attempt,
          mayTryAgain,
        })
      }
      quota = Math.min(quota + 0.1, retryQuota)
      return { json, headers: headers ?? new Headers() }
    } catch (error) {
      if (!status) giveUp?.abort()
      const facts = {
        attempts: sent.length,
        outcome: outcome() === 'applied' ? 'applied' : isRead || !isUncertain ? 'not_applied' : 'unknown',
        retryable: isTransient(status),
        retryAfter: retryAfter(),
      } as const
      // Without the query, which may hold what was searched for.
      const where = `${method} ${path.split('?')[0]}`
      if (signal?.aborted) {
        throw new AbortError({ ...facts, retryable: false, code: 'aborted', message: `${where} was aborted` })
      }
      if (status) throw toAcmeError(text, status, facts, call.readUser)
      // Of ky or of the first attempt.
      if ((error as Partial<Error> | undefined)?.name === 'TimeoutError')
        throw new TimeoutError({ ...facts, code: 'timeout', message: `${where} took too long` })
      // The cause is told by its code alone: errors of fetch and ky hold the request, and with it the key.
      const message = `${where} got no answer (${causeCode(fault) ?? 'lost'})`
      throw new NetworkError({ ...facts, code: 'network_error', message })
    }
  }

  return { send }
}

/** Gives up waiting after a time, as ky does for the attempts that it makes. */
function inTime(attempt: () => Promise<Response>, ms: number): Promise<Response> {
  return new Promise((resolve, reject) => {
    const late = () => reject(Object.assign(new Error('late'), { name: 'TimeoutError' }))
    if (ms <= 0) return late()
    const timer = setTimeout(late, ms)
    const settle =
      <T>(end: (value: T) => void) =>
      (value: T) => {
        clearTimeout(timer)
        end(value)
      }
    attempt().then(settle(resolve), settle(reject))
  })
}

/** Whether the same request may fare better later; status 0 is no answer at all, 409 an attempt before it that is still under way. */
function isTransient(status: number): boolean {
  return !status || status === 408 || status === 409 || status === 429 || status >= 500
}

/** The operating system's word for what failed, where the runtime passes it on: `ECONNREFUSED`. */
function causeCode(error: unknown): string | undefined {
  const { cause, code } = (error ?? {}) as { cause?: unknown; code?: unknown }
  return typeof code === 'string' ? code : cause ? causeCode(cause) : undefined
}
