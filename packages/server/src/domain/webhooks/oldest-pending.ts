import type { Storage } from '../../storage/storage.ts'
import { activeWebhooks } from './active-webhooks.ts'
import { mostDue } from './due-deliveries.ts'
import { shardCount } from './shards.ts'

/**
 * When the oldest event happened that waits to be sent, in milliseconds since the epoch; undefined where none does. What stands
 * behind one that failed is younger, and of each share of an endpoint's users the longest overdue are looked at.
 */
export async function oldestPending(storage: Storage): Promise<number | undefined> {
  const active = await storage.find(activeWebhooks.collection, activeWebhooks.id)
  const shares = (active?.endpoints ?? []).flatMap(({ id }) =>
    Array.from({ length: shardCount }, (_, shard) => ({ endpointId: id, shard })),
  )
  const query = { by: 'due', dueBy: Number.MAX_SAFE_INTEGER, limit: mostDue } as const
  const due = await Promise.all(shares.map((share) => storage.listDeliveries({ ...query, ...share })))
  const times = [...due.flat(), ...(await storage.listUntold(1))].map(({ at }) => at)
  return times.length > 0 ? times.reduce((a, b) => Math.min(a, b)) : undefined
}
