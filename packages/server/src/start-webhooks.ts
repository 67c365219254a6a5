import type { Background } from './domain/background.ts'
import { createRhythm } from './domain/rhythm.ts'
import type { WebhookFetch } from './domain/webhooks/attempt.ts'
import { defaultTimings, type WebhookTimings } from './domain/webhooks/timings.ts'
import { createWebhookWorker } from './domain/webhooks/webhook-worker.ts'
import type { Instance } from './instance.ts'
import { tellWrites } from './live/tell-writes.ts'
import type { Storage, Write } from './storage/storage.ts'

/** How webhooks are sent. */
export interface WebhookOptions {
  /**
   * Sends a request to an endpoint, and follows no redirect. On Node, `createGuardedFetch` of `@acme/server/node`, which
   * does not let an endpoint's name lead into your own network.
   */
  readonly fetch: WebhookFetch
  /** Hosts that may be sent to by http and wherever they are, `localhost` for example, with a port or without. */
  readonly allowedHosts?: readonly string[] | undefined
  /**
   * How often to look for what is due, in milliseconds, besides after each commit of this process.
   *
   * @default never: what failed is tried again when somebody calls `deliverWebhooks`
   */
  readonly pollInterval?: number | undefined
  /** When events are sent again. @default an answer within 15 s, else pauses from 5 s to 6 h, for three days */
  readonly timings?: Partial<WebhookTimings> | undefined
}

/** The sending of a server's webhooks. */
export interface Webhooks {
  /** The server's storage, whose commits wake whoever sends. */
  readonly storage: Storage
  begin(instance: Instance): void
  settled(): Promise<void>
  close(): Promise<void>
}

/** How often a worker is woken at the most, in milliseconds: what many writes make is sent together. */
const wakeInterval = 50

/** Whether a write gives a worker something to do: something to be told or sent, or somebody to send it to. */
function isForWorker(write: Write): boolean {
  if ('append' in write) return write.append.untold !== undefined
  return 'put' in write && (write.put === 'webhookDeliveries' || write.put === 'webhooks')
}

declare const setInterval: (run: () => void, milliseconds: number) => unknown
declare const clearInterval: (timer: unknown) => void

/** Starts what sends webhooks, where somebody is to. */
export function startWebhooks(storage: Storage, webhooks: WebhookOptions | undefined): Webhooks {
  let worker: Background | undefined
  let timer: ReturnType<typeof setInterval> | undefined
  const wakes = createRhythm(() => worker?.nudge(), wakeInterval)
  return {
    storage: tellWrites(
      storage,
      () => worker !== undefined,
      (writes) => {
        if (writes.some(isForWorker)) wakes.ask()
      },
    ),
    begin(instance) {
      if (!webhooks) return
      const { fetch, pollInterval, timings } = webhooks
      worker = createWebhookWorker({
        instance: { ...instance, storage },
        fetch,
        timings: { ...defaultTimings, ...timings },
      })
      if (pollInterval !== undefined) timer = setInterval(() => worker?.nudge(), pollInterval)
      worker.nudge()
    },
    async settled() {
      await worker?.settled()
    },
    async close() {
      clearInterval(timer)
      wakes.end()
      await worker?.close()
    },
  }
}
