import type { Key, Storage } from '../../storage/storage.ts'
import { activeWebhooks } from './active-webhooks.ts'

/** How many deliveries are deleted at once. */
const pageSize = 500

/** Deletes a part of what is left of an endpoint that was removed; true when there may be more. */
export async function sweepRemoved(storage: Storage, endpointId: string): Promise<boolean> {
  const query = { endpointId, by: 'time', direction: 'ascending', limit: pageSize } as const
  const rows = await storage.listDeliveries(query)
  const keys = rows.map(({ id }): Key => ({ collection: 'webhookDeliveries', id }))
  await storage.transact({
    reads: keys,
    isPatient: true,
    decide: () => ({ writes: keys.map(({ id }) => ({ delete: 'webhookDeliveries', id })), result: undefined }),
  })
  if (rows.length === pageSize) return true
  await storage.transact({
    reads: [activeWebhooks],
    decide(all) {
      const active = all.get(activeWebhooks.collection, activeWebhooks.id)
      if (!active?.removed.includes(endpointId)) return { writes: [], result: undefined }
      const removed = active.removed.filter((id) => id !== endpointId)
      return { writes: [{ put: 'webhooks', row: { ...active, removed } }], result: undefined }
    },
  })
  return false
}
