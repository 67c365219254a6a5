import { timestamp } from '@acme/schema/wire'
import * as z from 'zod/mini'

/** Who is signed in to the dashboard, and to what. */
export const sessionJson = z.object({
  object: z.literal('dashboard_session'),
  proof: z.string(),
  key: z.object({
    id: z.string(),
    name: z.nullable(z.string()),
    /** What the key may do; null is everything. */
    scopes: z.nullable(z.array(z.string())),
  }),
  instance: z.object({
    id: z.string(),
    type: z.enum(['test', 'live']),
    origin: z.string(),
    publishable_key: z.string(),
    version: z.string(),
    storage: z.nullable(z.string()),
    sends_webhooks: z.boolean(),
  }),
  created_at: timestamp,
  expires_at: timestamp,
  idle_seconds: z.number(),
})
export type SessionJson = z.infer<typeof sessionJson>
