import type { WebhookEventType } from '@acme/schema/wire'
import type { ChangeRow, Untold, UserRow } from '../../storage/rows.ts'
import type { Snapshot } from '../../storage/storage.ts'
import { activeWebhooks } from './active-webhooks.ts'

/** The type of the event that tells of a change. */
export const eventTypes: { readonly [Action in ChangeRow['action']]: WebhookEventType } = {
  create: 'user.created',
  update: 'user.updated',
  delete: 'user.deleted',
}

/**
 * Which endpoints are to be told of a change, to be written with it; undefined where none is. `before` is undefined for a
 * user who is new, `after` for one who is gone, of whom nothing else is left to be told.
 */
export function whomToTell(
  rows: Snapshot,
  before: UserRow | undefined,
  after: UserRow | undefined,
): Untold | undefined {
  const endpoints = rows.get(activeWebhooks.collection, activeWebhooks.id)?.endpoints ?? []
  if (endpoints.length === 0) return undefined
  const type = eventTypes[!after ? 'delete' : before ? 'update' : 'create']
  const told = endpoints.filter(({ types }) => types.includes(type))
  if (told.length === 0) return undefined
  const externalId = after ? null : before?.externalId
  return { endpointIds: told.map(({ id }) => id), ...(externalId != null && { externalId }) }
}
