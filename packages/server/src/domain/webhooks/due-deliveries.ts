import type { Instance } from '../../instance.ts'
import type { WebhookDeliveryRow } from '../../storage/rows.ts'

/** How many events of a share are looked at at once. */
export const mostDue = 50

/** By how much the clock of the process that wrote may be ahead, in milliseconds: what is new is due whatever it says. */
const tolerance = 60_000

/** Some of what is due of a share, the longest overdue first; none when nothing is. */
export async function dueDeliveries(
  { storage, clock }: Pick<Instance, 'storage' | 'clock'>,
  endpointId: string,
  shard: number,
): Promise<readonly WebhookDeliveryRow[]> {
  const now = clock()
  const query = { endpointId, by: 'due', shard, dueBy: now + tolerance, limit: mostDue } as const
  const rows = await storage.listDeliveries(query)
  return rows.filter(({ isHeld, dueAt }) => !isHeld || (dueAt ?? now) <= now)
}
