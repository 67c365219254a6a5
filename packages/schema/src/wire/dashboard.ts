import * as z from 'zod/mini'
import { timestamp } from './json-object.ts'
import { type SecretKeyScope, secretKeyScopes } from './scopes.ts'

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

const scopes = z.array(z.enum(secretKeyScopes as [SecretKeyScope, ...SecretKeyScope[]]))

/** Body of `POST /dashboard/secret_keys`. */
export const createSecretKeyBody = z.strictObject({
  /** 1 to 60 letters, digits, dots, hyphens and underscores. */
  name: z.string(),
  /** What it may be used for; without, everything. */
  scopes: z.optional(scopes.check(z.minLength(1))),
})

/** A secret key, without the secret. */
export const secretKeyJson = z.object({
  object: z.literal('secret_key'),
  /** The beginning of the SHA-256 digest of the key, as base64url. */
  id: z.string(),
  name: z.nullable(z.string()),
  /** What it may be used for; null is everything. */
  scopes: z.nullable(scopes),
  /** Whether who asks has signed in by it. */
  is_current: z.boolean(),
  /** Whether the server starts by it, so that it cannot be revoked. */
  is_kept: z.boolean(),
  /** Null for one that nothing was noted of. */
  created_at: z.nullable(timestamp),
  /** To the minute; null where it is not known. */
  last_used_at: z.nullable(timestamp),
  /** In the reply that makes it, and in no other. */
  secret_key: z.optional(z.string()),
})
export type SecretKeyJson = z.infer<typeof secretKeyJson>

/** Reply of `GET /dashboard/secret_keys`. */
export const secretKeysJson = z.object({ data: z.array(secretKeyJson), total_count: z.int() })

/** What can have changed besides users. */
export const dashboardHintKinds = ['sessions', 'schemas', 'jobs', 'webhooks', 'deliveries', 'keys'] as const

/** What can have changed besides users. */
export type DashboardHintKind = (typeof dashboardHintKinds)[number]

/** Data of an event `changed` of `GET /dashboard/events`: what has changed, and never what it is by now. */
export const dashboardHintJson = z.object({
  /** The users, each by the version that is known, 0 where none is, null of who is gone; null for more than are named. */
  users: z.nullable(z.record(z.string(), z.nullable(z.int()))),
  kinds: z.array(z.enum(dashboardHintKinds)),
})
export type DashboardHintJson = z.infer<typeof dashboardHintJson>
