import type { WebhookDeliveryRow, WebhookEndpointRow } from '../../storage/rows.ts'
import { goodSecrets } from './secrets.ts'
import { signEvent } from './sign-event.ts'

/** Sends a request to an endpoint: `fetch`, or one that looks at where it leads. It follows no redirect. */
export type WebhookFetch = (request: Request) => Promise<Response>

/** What came of an attempt. */
export interface Outcome {
  readonly isDelivered: boolean
  /** The HTTP status; null where there was no answer. */
  readonly status: number | null
  /** Why there was none, in a word; never what the endpoint said. */
  readonly failure: string | null
}

/** How an attempt is made. */
export interface AttemptOptions {
  readonly fetch: WebhookFetch
  /** In milliseconds. */
  readonly timeout: number
  readonly now: number
  /** Breaks the attempt off, whose outcome is of no interest then. */
  readonly signal: AbortSignal
}

/**
 * Sends an event to its endpoint once. Any status from 200 to 299 is success, a redirect is none; the body of the answer
 * is not read.
 */
export async function attempt(
  endpoint: WebhookEndpointRow,
  { eventId }: Pick<WebhookDeliveryRow, 'eventId'>,
  body: string,
  { fetch, timeout, now, signal }: AttemptOptions,
): Promise<Outcome> {
  const late = AbortSignal.timeout(timeout)
  const ended = AbortSignal.any([late, signal])
  try {
    const request = new Request(endpoint.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...signEvent(goodSecrets(endpoint, now), eventId, body) },
      body,
      redirect: 'manual',
      signal: ended,
    })
    // Whatever sends it may not listen to the signal.
    const response = await Promise.race([fetch(request), whenAborted(ended)])
    void response.body?.cancel().catch(() => {})
    return { isDelivered: response.ok, status: response.status, failure: null }
  } catch (error) {
    return { isDelivered: false, status: null, failure: late.aborted ? 'timeout' : wordOf(error) }
  }
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

/** The code of an error or of its cause, as the platform names it: `ECONNREFUSED`. */
function wordOf(error: unknown): string {
  const { code, cause } = (error ?? {}) as { readonly code?: unknown; readonly cause?: { readonly code?: unknown } }
  const word = code ?? cause?.code
  return typeof word === 'string' && /^\w{1,60}$/.test(word) ? word : 'no_answer'
}
