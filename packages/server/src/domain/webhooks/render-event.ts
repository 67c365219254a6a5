import { canRead, kinds, metadataParam } from '@acme/schema'
import type { Instance } from '../../instance.ts'
import type { UserRow, WebhookDeliveryRow, WebhookEndpointRow } from '../../storage/rows.ts'
import { userJson } from '../users/user-json.ts'

/** What an event is shown with. */
export interface EventView {
  readonly instanceId: string
  /** The side of the matrix whose view the endpoint gets. */
  readonly side: WebhookEndpointRow['side']
  /** The user as they are now; undefined when there is none any more. */
  readonly user: UserRow | undefined
  readonly now: number
}

/** Writes the body of an event as it would be sent to an endpoint now; of a user who is gone nothing is told but that. */
export async function bodyOf(
  { storage, clock, id }: Pick<Instance, 'storage' | 'clock' | 'id'>,
  { side }: WebhookEndpointRow,
  row: WebhookDeliveryRow,
): Promise<string | undefined> {
  const user = await storage.find('users', row.userId)
  if (!user && row.type !== 'user.deleted') return undefined
  return renderEvent(row, { instanceId: id, side, user, now: clock() })
}

/** Writes the body of an event: Clerk's, and `changes`. A kind that the endpoint may not see is not even named. */
export function renderEvent(delivery: WebhookDeliveryRow, { instanceId, side, user, now }: EventView): string {
  const hidden = new Set<string>(kinds.filter((kind) => !canRead(side, kind)).map(metadataParam))
  const { type, userId, version, at, externalId } = delivery
  return JSON.stringify({
    object: 'event',
    type,
    timestamp: at,
    instance_id: instanceId,
    // Nobody's address is kept; Clerk's clients look for it all the same.
    event_attributes: { http_request: { client_ip: '', user_agent: '' } },
    changes: { version, fields: delivery.fields.filter((field) => !hidden.has(field)) },
    data:
      type === 'user.deleted' || !user
        ? { object: 'user', id: userId, deleted: true, ...(externalId != null && { external_id: externalId }) }
        : userJson(user, side, now),
  })
}
