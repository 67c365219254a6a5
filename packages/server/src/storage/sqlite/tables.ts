import type { Collection } from '../rows.ts'

/** The tables of the collections that have one of their own; all others share `rows`. */
export const tables: { readonly [C in Collection]?: string } = {
  users: 'users',
  sessions: 'sessions',
  webhookDeliveries: 'webhook_deliveries',
}
