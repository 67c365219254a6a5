import type { Instance } from '../../instance.ts'
import { activeWebhooks } from './active-webhooks.ts'
import type { WebhookFetch } from './attempt.ts'
import { deliverShard } from './deliver-shard.ts'
import { dueDeliveries } from './due-deliveries.ts'
import { LeaseLost, releaseLease, takeLease } from './lease.ts'
import { createRests } from './rests.ts'
import { shardCount } from './shards.ts'
import { sweepRemoved } from './sweep-removed.ts'
import type { WebhookTimings } from './timings.ts'

/** What a worker is made of. */
export interface WebhookWorkerOptions {
  readonly instance: Pick<Instance, 'id' | 'storage' | 'clock' | 'report'>
  readonly fetch: WebhookFetch
  readonly timings: WebhookTimings
}

/** Sends what the outbox holds. Any number of processes may have one. */
export interface WebhookWorker {
  /** Looks for what is due, soon. */
  nudge(): void
  /** Looks for what is due, and waits until it was sent or has failed. */
  settled(): Promise<void>
  /** Breaks off what is under way, which is sent again by whoever comes next, and stops. */
  close(): Promise<void>
}

/** Makes a worker, which does nothing by itself: somebody has to nudge it. */
export function createWebhookWorker(options: WebhookWorkerOptions): WebhookWorker {
  const { instance, fetch, timings } = options
  const { storage, clock, report } = instance
  const holder = crypto.randomUUID()
  const rests = createRests(clock, timings.longestPause)
  const closing = new AbortController()
  /** What this process is sending, by endpoint and share. */
  const underWay = new Map<string, Promise<void>>()
  let looking: Promise<void> | undefined
  let isNudged = false

  function nudge(): void {
    isNudged = true
    if (closing.signal.aborted) return
    looking ??= look().finally(() => {
      looking = undefined
      // One that came as the last look was ending.
      if (isNudged) nudge()
    })
  }

  async function look(): Promise<void> {
    while (isNudged && !closing.signal.aborted) {
      isNudged = false
      await lookOnce().catch(report)
    }
  }

  async function lookOnce(): Promise<void> {
    const active = await storage.find(activeWebhooks.collection, activeWebhooks.id)
    for (const id of active?.removed ?? []) if (await sweepRemoved(storage, id)) isNudged = true
    const awake = (active?.endpoints ?? []).filter(({ id, isPaused }) => !isPaused && !rests.isResting(id))
    const shards = Array.from({ length: shardCount }, (_, shard) => shard)
    await Promise.all(awake.flatMap(({ id }) => shards.map((shard) => begin(id, shard))))
  }

  async function begin(endpointId: string, shard: number): Promise<void> {
    const name = `${endpointId}/${shard}`
    if (underWay.has(name)) return
    const due = await dueDeliveries(instance, endpointId, shard)
    if (due.length === 0 || underWay.has(name) || closing.signal.aborted) return
    const work = send(endpointId, shard)
      .then((isDone) => {
        underWay.delete(name)
        // What came while the last look was under way.
        if (isDone) nudge()
      })
      .catch((error: unknown) => {
        underWay.delete(name)
        // Whoever has it by now goes on.
        if (!(error instanceof LeaseLost)) report(error)
      })
    underWay.set(name, work)
  }

  /** Sends what is due of a share; false where another process does, or is to have its turn. */
  async function send(endpointId: string, shard: number): Promise<boolean> {
    const now = clock()
    const lease = { endpointId, shard, holder, until: now + timings.lease }
    // No attempt is begun that might outlive the lease: two processes would send to one user then.
    const isSpent = () => clock() + timings.attemptTimeout >= lease.until
    if (!(await storage.transact(takeLease(lease, now)))) return false
    let isStopped = false
    try {
      await deliverShard({
        instance,
        fetch,
        timings,
        lease,
        signal: closing.signal,
        isOver: () => isStopped || closing.signal.aborted || rests.isResting(endpointId) || isSpent(),
        stop: () => {
          isStopped = true
        },
        onAttempt: (isDelivered) => rests.note(endpointId, isDelivered),
      })
    } finally {
      await storage.transact(releaseLease(lease))
    }
    return !isSpent()
  }

  return {
    nudge,
    async settled() {
      nudge()
      while (looking || underWay.size > 0) await Promise.all([looking, ...underWay.values()])
    },
    async close() {
      closing.abort()
      while (looking || underWay.size > 0) await Promise.all([looking, ...underWay.values()])
    },
  }
}
