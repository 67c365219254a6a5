import type { WebhookEventType } from '@acme/schema/wire'
import { deliveryId } from '../../storage/delivery-query.ts'
import type { UserRow, WebhookDeliveryRow } from '../../storage/rows.ts'
import type { Snapshot, Write } from '../../storage/storage.ts'
import type { Difference } from '../changes/difference.ts'
import { createId } from '../create-id.ts'
import type { Deps } from '../deps.ts'
import { activeWebhooks } from './active-webhooks.ts'
import { undeliveredLifetime } from './lifetimes.ts'
import { shardOf } from './shards.ts'

/**
 * What tells the endpoints of a change, to be written in its transaction: nothing where there are none. `before` is
 * undefined for a user who is new, `after` for one who is gone, of whom nothing else is left to be told.
 */
export function webhookWrites(
  { clock }: Pick<Deps, 'clock'>,
  rows: Snapshot,
  before: UserRow | undefined,
  after: UserRow | undefined,
  { fields }: Difference,
): readonly Write[] {
  const type: WebhookEventType = !after ? 'user.deleted' : before ? 'user.updated' : 'user.created'
  const told = rows
    .get(activeWebhooks.collection, activeWebhooks.id)
    ?.endpoints.filter(({ types }) => types.includes(type))
  const user = after ?? before
  if (!user) return []
  const version = after ? after.version : user.version + 1
  // Endpoints that are gone by now may have been told of them, too.
  const forgotten: readonly Write[] = after ? [] : [{ forgetDeliveriesOf: user.id, before: version }]
  if (!told || told.length === 0) return forgotten
  const at = after ? after.updatedAt : Math.max(clock(), user.updatedAt)
  const eventId = createId('webhookEvent', at)
  const event = {
    eventId,
    shard: shardOf(user.id),
    userId: user.id,
    version,
    type,
    fields,
    ...(!after && user.externalId !== null && { externalId: user.externalId }),
    at,
    status: 'pending',
    dueAt: at,
    isHeld: false,
    attempts: 0,
    lastAttempt: null,
    expireAt: at + undeliveredLifetime,
  } as const
  const writes = told.map(({ id: endpointId }): Write => {
    const row: WebhookDeliveryRow = { id: deliveryId(endpointId, eventId), endpointId, ...event }
    return { put: 'webhookDeliveries', row }
  })
  return [...forgotten, ...writes]
}
