import type { Instance } from '../../instance.ts'
import type { WebhookDeliveryRow } from '../../storage/rows.ts'
import type { Key, Write } from '../../storage/storage.ts'
import { assertLease, type Lease, leaseKey } from '../lease.ts'
import { attempt, type Outcome, type WebhookFetch } from './attempt.ts'
import { deliveredLifetime } from './lifetimes.ts'
import { bodyOf } from './render-event.ts'
import type { Share } from './shards.ts'
import { nextAttempt, type WebhookTimings } from './timings.ts'

/** For how long sending an event takes the thread, about, in milliseconds. */
const sendingCost = 0.4

/** How many held events of one user are read at once. */
const pageSize = 20

/** What sending takes. */
export interface Delivering {
  readonly instance: Pick<Instance, 'id' | 'storage' | 'clock'>
  readonly fetch: WebhookFetch
  readonly timings: WebhookTimings
  /** Lets those go first who wait for an answer of this process. */
  giveWay(cost: number): Promise<void>
  readonly share: Share
  readonly lease: Lease
  /** Breaks off what is under way. */
  readonly signal: AbortSignal
  /** Whether no other attempt is to be begun. */
  isOver(): boolean
  /** Ends it: the endpoint was paused or removed. */
  stop(): void
  /** Learns how much of the share is due, whenever that is looked at. */
  onDue(count: number): void
  /** Learns of each attempt. */
  onAttempt(isDelivered: boolean): void
}

/**
 * Sends what is due for one user, in the order of its versions, until the first failure. An event that failed is held,
 * and those that come after it are held behind it when they are met: the first of them alone has a time at which it is
 * due, and hands that on when it was delivered or given up. So a user whose events fail costs nobody else a look.
 *
 * @param fresh those that are due and were never tried, by version
 */
export async function deliverUser(
  delivering: Delivering,
  userId: string,
  fresh: readonly WebhookDeliveryRow[],
): Promise<void> {
  const { instance, share, isOver } = delivering
  const { endpointId } = share
  let behind = fresh
  while (!isOver()) {
    // One more than is sent: whoever is next is told so by the one before.
    const held = await instance.storage.listDeliveries({ endpointId, by: 'user', userId, limit: pageSize + 1 })
    const [head] = held
    if (head && behind.length > 0) {
      await hold(delivering, behind)
      behind = []
      // Read again, so that the one before them hands on to them, whatever ends in between.
      continue
    }
    if (head && head.dueAt !== null && head.dueAt > instance.clock()) return
    const next = head ? held.slice(0, pageSize) : behind
    if (!(await sendInOrder(delivering, next, head ? held : []))) return
    if (!head) return
  }
}

/** Sends events one after another; false when that ended before the last of them. */
async function sendInOrder(
  delivering: Delivering,
  rows: readonly WebhookDeliveryRow[],
  held: readonly WebhookDeliveryRow[],
): Promise<boolean> {
  for (const [index, row] of rows.entries()) {
    await delivering.giveWay(sendingCost)
    if (delivering.isOver()) return false
    const outcome = await send(delivering, row)
    if (outcome === 'stopped') return false
    if (await settle(delivering, row, outcome, held[index + 1])) continue
    await hold(
      delivering,
      rows.slice(index + 1).filter(({ isHeld }) => !isHeld),
    )
    return false
  }
  return true
}

/** Sends one event as things are now: the endpoint may have been paused, the user deleted meanwhile. */
async function send(delivering: Delivering, row: WebhookDeliveryRow): Promise<Outcome | 'stopped' | 'gone'> {
  const { instance, fetch, timings, signal, onAttempt, stop } = delivering
  const endpoint = await instance.storage.find('webhookEndpoints', row.endpointId)
  if (!endpoint || endpoint.isPaused) {
    stop()
    return 'stopped'
  }
  const body = await bodyOf(instance, endpoint, row)
  if (body === undefined) return 'gone'
  const now = instance.clock()
  const outcome = await attempt(endpoint, row, body, { fetch, timeout: timings.attemptTimeout, now, signal })
  if (signal.aborted) return 'stopped'
  onAttempt(outcome.isDelivered)
  return outcome
}

/** Notes what came of an attempt; false when the event is to be tried again. `next` is held behind it, and is due then. */
async function settle(
  { instance, timings, lease }: Delivering,
  row: WebhookDeliveryRow,
  outcome: Outcome | 'gone',
  next: WebhookDeliveryRow | undefined,
): Promise<boolean> {
  const key = keyOf(row)
  const nextKey = next && keyOf(next)
  return instance.storage.transact({
    reads: [leaseKey(lease), key, ...(nextKey ? [nextKey] : [])],
    isPatient: true,
    decide(rows) {
      assertLease(rows, lease)
      const now = instance.clock()
      const behind = nextKey && rows.get('webhookDeliveries', nextKey.id)
      const handedOn: Write[] =
        behind?.status === 'pending' ? [{ put: 'webhookDeliveries', row: { ...behind, dueAt: now } }] : []
      const current = rows.get('webhookDeliveries', key.id)
      // It went with its user.
      if (current?.status !== 'pending') return { writes: handedOn, result: true }
      if (outcome === 'gone') {
        return { writes: [{ delete: 'webhookDeliveries', id: key.id }, ...handedOn], result: true }
      }
      const { isDelivered, status, failure } = outcome
      const attempts = current.attempts + 1
      const dueAt = isDelivered ? null : nextAttempt(timings, { at: row.at, attempts }, now)
      const tried = { ...current, attempts, dueAt, isHeld: dueAt !== null, lastAttempt: { at: now, status, failure } }
      if (dueAt !== null) return { writes: [{ put: 'webhookDeliveries', row: tried }], result: false }
      const done: WebhookDeliveryRow = isDelivered
        ? { ...tried, status: 'delivered', expireAt: now + deliveredLifetime }
        : { ...tried, status: 'parked' }
      // One of the last events may have been on its way when the user went.
      const forgotten: Write[] =
        row.type === 'user.deleted' ? [{ forgetDeliveriesOf: row.userId, before: row.version }] : []
      return { writes: [...forgotten, { put: 'webhookDeliveries', row: done }, ...handedOn], result: true }
    },
  })
}

/** Holds events behind one that failed, where none of them is looked at before it is their turn. */
async function hold({ instance, lease }: Delivering, fresh: readonly WebhookDeliveryRow[]): Promise<void> {
  if (fresh.length === 0) return
  const keys = fresh.map(keyOf)
  await instance.storage.transact({
    reads: [leaseKey(lease), ...keys],
    isPatient: true,
    decide(rows) {
      assertLease(rows, lease)
      const found = keys.map(({ id }) => rows.get('webhookDeliveries', id)).filter((row) => row !== undefined)
      const pending = found.filter(({ status }) => status === 'pending')
      const writes = pending.map((row): Write => {
        return { put: 'webhookDeliveries', row: { ...row, dueAt: null, isHeld: true } }
      })
      return { writes, result: undefined }
    },
  })
}

function keyOf({ id }: WebhookDeliveryRow): Key & { readonly collection: 'webhookDeliveries' } {
  return { collection: 'webhookDeliveries', id }
}
