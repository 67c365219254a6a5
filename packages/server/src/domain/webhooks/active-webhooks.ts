import type { WebhooksRow } from '../../storage/rows.ts'
import type { Key } from '../../storage/storage.ts'

/** The row that says who is told of what; every write of a user reads it in its own transaction. */
export const activeWebhooks = { collection: 'webhooks', id: 'active' } as const
activeWebhooks satisfies Key

/** That row before the first endpoint. */
export const noWebhooks: WebhooksRow = { id: activeWebhooks.id, endpoints: [], removed: [] }
