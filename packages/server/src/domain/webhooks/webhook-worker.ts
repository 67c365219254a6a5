import type { Instance } from '../../instance.ts'
import { type Background, createBackground } from '../background.ts'
import { LeaseLost, releaseLease, takeLease } from '../lease.ts'
import { activeWebhooks } from './active-webhooks.ts'
import type { WebhookFetch } from './attempt.ts'
import { deliverShard } from './deliver-shard.ts'
import { dueDeliveries } from './due-deliveries.ts'
import { createRests } from './rests.ts'
import { createRoom } from './room.ts'
import { type Share, shardCount } from './shards.ts'
import { sweepRemoved } from './sweep-removed.ts'
import { isOverdue, tellChanges } from './tell-changes.ts'
import type { WebhookTimings } from './timings.ts'

/** What a worker is made of. */
export interface WebhookWorkerOptions {
  readonly instance: Pick<Instance, 'id' | 'storage' | 'clock' | 'history' | 'report' | 'traffic'>
  readonly fetch: WebhookFetch
  readonly timings: WebhookTimings
}

/** For how long telling some changes takes the thread, about, in milliseconds. */
const tellingCost = 1

/** After how long it is looked whether another process has told all that it was about to, in milliseconds. */
const patience = 250

declare const setTimeout: (run: () => void, milliseconds: number) => unknown

/**
 * Makes what tells changes and sends the outbox. Any number of processes may have one; what is broken off is told and sent
 * again.
 */
export function createWebhookWorker(options: WebhookWorkerOptions): Background {
  const { instance, fetch, timings } = options
  const { storage, clock, report, traffic } = instance
  const holder = crypto.randomUUID()
  const rests = createRests(clock, timings.longestPause)
  const room = createRoom()
  const background = createBackground({ look, report })

  let isWaiting = false
  /** Whether something may be untold since there was enough to send. */
  let isHeldBack = false
  let toldAt = Number.NEGATIVE_INFINITY

  /** Looks once more in a while, however often it is asked for meanwhile: each look may ask for the next. */
  function lookLater(): void {
    if (isWaiting) return
    isWaiting = true
    setTimeout(() => {
      isWaiting = false
      background.nudge()
    }, patience)
  }

  async function look({ again }: Background): Promise<void> {
    const active = await storage.find(activeWebhooks.collection, activeWebhooks.id)
    const endpoints = active?.endpoints ?? []
    const awake = endpoints.filter(({ id, isPaused }) => !isPaused && !rests.isResting(id)).map(({ id }) => id)
    // Where nobody is left, nothing is made of what was to be told.
    const isWanted = () => endpoints.length === 0 || awake.some(isHungry)
    isHeldBack = !isWanted()
    if (!isHeldBack || (await isOverdue(instance))) await tell(again)
    for (const id of active?.removed ?? []) if (await sweepRemoved(storage, id)) again()
    const shards = Array.from({ length: shardCount }, (_, shard) => shard)
    await Promise.all(awake.flatMap((endpointId) => shards.map((shard) => begin({ endpointId, shard }))))
    // It was found only now that there is too little to send.
    if (isHeldBack && isWanted()) again()
  }

  async function tell(again: () => void): Promise<void> {
    await traffic.giveWay(tellingCost)
    const { came, deliveries } = await tellChanges(instance, holder)
    for (const delivery of deliveries) room.noteTold(delivery)
    toldAt = performance.now()
    if (came === 'some') again()
    else if (came === 'elsewhere') lookLater()
  }

  /** Whether an endpoint is to have more to send now. */
  function isHungry(endpointId: string): boolean {
    const appetite = room.appetiteOf(endpointId)
    if (appetite !== 'peckish' || performance.now() - toldAt >= patience) return appetite !== 'sated'
    lookLater()
    return false
  }

  async function begin(share: Share): Promise<void> {
    const name = `${share.endpointId}/${share.shard}`
    if (background.isUnderWay(name)) return
    const due = await dueDeliveries(instance, share.endpointId, share.shard)
    if (!background.isUnderWay(name)) room.noteDue(share, due.length)
    if (due.length === 0 || background.isUnderWay(name) || background.signal.aborted) return
    background.begin(name, () =>
      send(name, share).catch((error: unknown) => {
        // Whoever has it by now goes on.
        if (!(error instanceof LeaseLost)) report(error)
        return false
      }),
    )
  }

  /** Sends what is due of a share; false where another process does, or is to have its turn. */
  async function send(name: string, share: Share): Promise<boolean> {
    const now = clock()
    const lease = { name, holder, until: now + timings.lease }
    // No attempt is begun that might outlive the lease: two processes would send to one user then.
    const isSpent = () => clock() + timings.attemptTimeout >= lease.until
    if (!(await storage.transact(takeLease(lease, now)))) return false
    let isStopped = false
    try {
      await deliverShard({
        instance,
        fetch,
        timings,
        giveWay: traffic.giveWay,
        share,
        lease,
        signal: background.signal,
        isOver: () => isStopped || background.signal.aborted || rests.isResting(share.endpointId) || isSpent(),
        stop: () => {
          isStopped = true
        },
        onDue(count) {
          room.noteDue(share, count)
          if (isHeldBack && isHungry(share.endpointId)) background.nudge()
        },
        onAttempt: (isDelivered) => rests.note(share.endpointId, isDelivered),
      })
    } finally {
      await storage.transact(releaseLease(lease))
    }
    return !isSpent()
  }

  return background
}
