import * as z from 'zod/mini'
import { timestamp } from './json-object.ts'

/** Body of `POST /dashboard/session`: a secret key, or a code that signs in once. */
export const dashboardSignInBody = z.strictObject({
  secret_key: z.optional(z.string()),
  code: z.optional(z.string()),
})

/** Reply of `POST` and `GET /dashboard/session`: who is signed in, and where. */
export const dashboardSessionJson = z.object({
  object: z.literal('dashboard_session'),
  /** What every other request carries as `X-Acme-Proof`. */
  proof: z.string(),
  key: z.object({
    /** The beginning of the SHA-256 digest of the secret key, as base64url. */
    id: z.string(),
    name: z.nullable(z.string()),
    /** What it may be used for; null is everything. */
    scopes: z.nullable(z.array(z.string())),
  }),
  instance: z.object({
    id: z.string(),
    type: z.enum(['test', 'live']),
    origin: z.string(),
    publishable_key: z.string(),
    version: z.string(),
    storage: z.enum(['memory', 'sqlite', 'postgres']),
    sends_webhooks: z.boolean(),
  }),
  created_at: timestamp,
  /** When it ends whatever is done. */
  expires_at: timestamp,
  /** After how long it ends when nothing is done. */
  idle_seconds: z.int(),
})
export type DashboardSessionJson = z.infer<typeof dashboardSessionJson>
