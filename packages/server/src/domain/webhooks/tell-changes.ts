import type { Instance } from '../../instance.ts'
import { deliveryId } from '../../storage/delivery-query.ts'
import type { UntoldChange, WebhookDeliveryRow } from '../../storage/rows.ts'
import type { Key, Transaction, Write } from '../../storage/storage.ts'
import { firstId } from '../create-id.ts'
import { type Lease, withLease } from '../lease.ts'
import { activeWebhooks } from './active-webhooks.ts'
import { undeliveredLifetime } from './lifetimes.ts'
import { shardOf } from './shards.ts'
import { eventTypes } from './whom-to-tell.ts'

/** How many changes are told in one transaction: some milliseconds of a thread that has others to answer. */
const pageSize = 100

/** The work of telling, which one process does at a time. */
const leaseName = 'untold'

/** For how long a process that tells is left to it, in milliseconds. If it ends, whatever it was about to tell is still untold. */
const lease = 200

declare const setTimeout: (run: () => void, milliseconds: number) => unknown

/** What came of telling: nothing was to be told, a part or all of it was, or another process is at it. */
export type Telling = 'nothing' | 'some' | 'all' | 'elsewhere'

/**
 * Makes the deliveries of some changes that are untold, and notes that they were told, in one transaction. Whoever does
 * this twice, of two processes that ran into each other, finds the deliveries by their ids and leaves them as they are.
 */
export async function tellChanges(
  { storage, clock }: Pick<Instance, 'storage' | 'clock'>,
  holder: string,
): Promise<Telling> {
  const changes = await storage.listUntold(pageSize)
  if (changes.length === 0) return 'nothing'
  const now = clock()
  const own = { name: leaseName, holder, until: now + lease }
  // Looked at before it is locked, which would make whoever has it wait.
  const held = await storage.find('leases', leaseName)
  if (held && held.holder !== holder && held.expireAt > now) return 'elsewhere'
  if (!(await storage.transact(telling(changes, own, now)))) return 'elsewhere'
  return changes.length < pageSize ? 'all' : 'some'
}

/** Makes the deliveries of all that is untold, beside whoever is at it already. */
export async function tellAll(deps: Pick<Instance, 'storage' | 'clock'>): Promise<void> {
  const holder = crypto.randomUUID()
  for (;;) {
    const came = await tellChanges(deps, holder)
    if (came === 'nothing' || came === 'all') return
    if (came === 'elsewhere') await new Promise<void>((resolve) => setTimeout(resolve, lease))
  }
}

function telling(changes: readonly UntoldChange[], own: Lease, now: number): Transaction<boolean | undefined> {
  const made = changes.map((change) => ({ change, deliveries: deliveriesOf(change) }))
  const keys = made.flatMap(({ deliveries }) =>
    deliveries.map(({ id }): Key & { readonly collection: 'webhookDeliveries' } => ({
      collection: 'webhookDeliveries',
      id,
    })),
  )
  return withLease(own, now, {
    reads: [activeWebhooks, ...keys],
    decide(rows) {
      const active = rows.get(activeWebhooks.collection, activeWebhooks.id)?.endpoints ?? []
      // One that is gone by now is told nothing.
      const there = new Set(active.map(({ id }) => id))
      const writes = made.flatMap(({ change, deliveries }): Write[] => [
        ...deliveries
          .filter(({ id, endpointId }) => there.has(endpointId) && !rows.get('webhookDeliveries', id))
          .map((row): Write => ({ put: 'webhookDeliveries', row })),
        { told: change },
      ])
      return { writes, result: true }
    },
  })
}

/** The deliveries that tell of a change, one for each endpoint. */
function deliveriesOf({ userId, version, at, action, fields, untold }: UntoldChange): readonly WebhookDeliveryRow[] {
  const eventId = eventIdOf(userId, at)
  const { endpointIds, externalId } = untold
  return endpointIds.map((endpointId) => ({
    id: deliveryId(endpointId, eventId),
    endpointId,
    eventId,
    shard: shardOf(userId),
    userId,
    version,
    type: eventTypes[action],
    fields,
    ...(externalId !== undefined && { externalId }),
    at,
    status: 'pending',
    dueAt: at,
    isHeld: false,
    attempts: 0,
    lastAttempt: null,
    expireAt: at + undeliveredLifetime,
  }))
}

/**
 * The id of the event that tells of a change: its time, by which ids sort, and the random digits of the user's id. The
 * time of a user's changes rises with each, so that the id is this change's alone, whoever makes it and however often.
 */
function eventIdOf(userId: string, at: number): string {
  return firstId('webhookEvent', at) + userId.slice(-19)
}
