import type { WebhookDeliveryRow } from '../../storage/rows.ts'
import { type Delivering, deliverUser } from './deliver-user.ts'
import { dueDeliveries } from './due-deliveries.ts'

/** How many users of a share are sent to at once. */
const concurrency = 2

/** Sends what is due of a share: several users at once, each in order, until nothing is due or the time is over. */
export async function deliverShard(delivering: Delivering): Promise<void> {
  const { instance, share, isOver } = delivering
  const { endpointId, shard } = share
  /** The users whose turn comes next, and what is due for them. */
  const waiting = new Map<string, WebhookDeliveryRow[]>()
  const underWay = new Set<string>()
  let filling: Promise<void> | undefined

  async function fill(): Promise<void> {
    // What is due for them is changing while it is read.
    const busy = new Set(underWay)
    const rows = await dueDeliveries(instance, endpointId, shard)
    delivering.onDue(rows.length)
    for (const row of rows) {
      if (busy.has(row.userId)) continue
      const fresh = waiting.get(row.userId) ?? []
      waiting.set(row.userId, row.isHeld ? fresh : [...fresh, row])
    }
  }

  async function sendNext(): Promise<void> {
    while (!isOver()) {
      if (waiting.size === 0) {
        filling ??= fill().finally(() => {
          filling = undefined
        })
        await filling
      }
      const [next] = waiting
      // What is left is the other one's.
      if (!next) return
      const [userId, fresh] = next
      waiting.delete(userId)
      underWay.add(userId)
      try {
        await deliverUser(delivering, userId, fresh)
      } finally {
        underWay.delete(userId)
      }
    }
  }

  // All of them end before the lease is given back, whichever fails.
  const ends = await Promise.allSettled(Array.from({ length: concurrency }, sendNext))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}
