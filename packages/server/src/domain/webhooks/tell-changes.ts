import type { Instance } from '../../instance.ts'
import type { UntoldChange, WebhookDeliveryRow } from '../../storage/rows.ts'
import type { Key, Transaction, Write } from '../../storage/storage.ts'
import { type Lease, withLease } from '../lease.ts'
import { activeWebhooks } from './active-webhooks.ts'
import { deliveriesOf } from './deliveries-of.ts'
import { undeliveredLifetime } from './lifetimes.ts'

/** How many changes are told in one transaction: a millisecond of a thread that has others to answer. */
const pageSize = 32

/** The work of telling, which one process does at a time. */
const leaseName = 'untold'

/** For how long a process that tells is left to it, in milliseconds. If it ends, whatever it was about to tell is still untold. */
const lease = 200

declare const setTimeout: (run: () => void, milliseconds: number) => unknown

/** What came of telling. */
export interface Telling {
  /** Whether nothing was to be told, a part or all of it was, or another process is at it. */
  readonly came: 'nothing' | 'some' | 'all' | 'elsewhere'
  /** What was made of it. */
  readonly deliveries: readonly WebhookDeliveryRow[]
}

/**
 * Makes the deliveries of some changes that are untold, and notes that they were told, in one transaction. Whoever does
 * this twice, of two processes that ran into each other, finds the deliveries by their ids and leaves them as they are.
 */
export async function tellChanges(
  { storage, clock }: Pick<Instance, 'storage' | 'clock'>,
  holder: string,
): Promise<Telling> {
  const changes = await storage.listUntold(pageSize)
  if (changes.length === 0) return { came: 'nothing', deliveries: [] }
  const now = clock()
  const own = { name: leaseName, holder, until: now + lease }
  // Looked at before it is locked, which would make whoever has it wait.
  const held = await storage.find('leases', leaseName)
  const isElsewhere = held && held.holder !== holder && held.expireAt > now
  const deliveries = isElsewhere ? undefined : await storage.transact(telling(changes, own, now))
  if (!deliveries) return { came: 'elsewhere', deliveries: [] }
  return { came: changes.length < pageSize ? 'all' : 'some', deliveries }
}

/** Whether the oldest change that is untold would be forgotten by now if it were told: it is kept no longer for that alone. */
export async function isOverdue({
  storage,
  clock,
  history: { lifetime },
}: Pick<Instance, 'storage' | 'clock' | 'history'>): Promise<boolean> {
  // Nothing is kept of them then, or they are told no more by then.
  if (lifetime === 0 || lifetime >= undeliveredLifetime) return false
  const [oldest] = await storage.listUntold(1)
  return oldest !== undefined && oldest.at < clock() - lifetime
}

/** Makes the deliveries of all that is untold, beside whoever is at it already. */
export async function tellAll(deps: Pick<Instance, 'storage' | 'clock'>): Promise<void> {
  const holder = crypto.randomUUID()
  for (;;) {
    const { came } = await tellChanges(deps, holder)
    if (came === 'nothing' || came === 'all') return
    if (came === 'elsewhere') await new Promise<void>((resolve) => setTimeout(resolve, lease))
  }
}

function telling(
  changes: readonly UntoldChange[],
  own: Lease,
  now: number,
): Transaction<readonly WebhookDeliveryRow[] | undefined> {
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
      const fresh = made.flatMap(({ deliveries }) =>
        deliveries.filter(({ id, endpointId }) => there.has(endpointId) && !rows.get('webhookDeliveries', id)),
      )
      const writes: Write[] = [
        ...fresh.map((row): Write => ({ put: 'webhookDeliveries', row })),
        ...changes.map((told): Write => ({ told })),
      ]
      return { writes, result: fresh }
    },
  })
}
