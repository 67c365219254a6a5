import { deliveryId } from '../../storage/delivery-query.ts'
import type { UntoldChange, WebhookDeliveryRow } from '../../storage/rows.ts'
import { firstId } from '../create-id.ts'
import { undeliveredLifetime } from './lifetimes.ts'
import { shardOf } from './shards.ts'
import { eventTypes } from './whom-to-tell.ts'

/** The deliveries that tell of a change, one for each endpoint, as they are made once there is room for them. */
export function deliveriesOf({
  userId,
  version,
  at,
  action,
  fields,
  untold,
}: UntoldChange): readonly WebhookDeliveryRow[] {
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
