import * as z from 'zod/mini'
import { timestamp } from './json-object.ts'
import { frontendUserJson } from './user.ts'

/** What a session may have come to. */
export const sessionStatus = z.enum(['active', 'ended', 'revoked', 'expired', 'removed'])
export type SessionStatus = z.infer<typeof sessionStatus>

/** A short-lived session token (JWT, RFC 7519). */
export const tokenJson = z.object({ object: z.literal('token'), jwt: z.string() })
export type TokenJson = z.infer<typeof tokenJson>

/** What others may see of a session's user. */
export const publicUserDataJson = z.object({
  first_name: z.nullable(z.string()),
  last_name: z.nullable(z.string()),
  image_url: z.string(),
  has_image: z.boolean(),
  identifier: z.string(),
})

/** A session as the Frontend API sends it. */
export const sessionJson = z.object({
  id: z.string(),
  object: z.literal('session'),
  status: sessionStatus,
  expire_at: timestamp,
  abandon_at: timestamp,
  last_active_at: timestamp,
  last_active_token: z.nullable(tokenJson),
  last_active_organization_id: z.null(),
  actor: z.null(),
  tasks: z.null(),
  factor_verification_age: z.tuple([z.int(), z.int()]),
  user: frontendUserJson,
  public_user_data: publicUserDataJson,
  created_at: timestamp,
  updated_at: timestamp,
})
export type SessionJson = z.infer<typeof sessionJson>

/** A session with the device that it began on, as its user may see it from any of theirs. */
export const sessionActivityJson = z.object({
  id: z.string(),
  object: z.literal('session'),
  status: sessionStatus,
  expire_at: timestamp,
  abandon_at: timestamp,
  last_active_at: timestamp,
  actor: z.null(),
  latest_activity: z.object({
    id: z.string(),
    object: z.literal('session_activity'),
    device_type: z.nullable(z.string()),
    is_mobile: z.boolean(),
    browser_name: z.nullable(z.string()),
    browser_version: z.nullable(z.string()),
    /** Where somebody is, is not kept. */
    ip_address: z.null(),
    city: z.null(),
    country: z.null(),
  }),
  created_at: timestamp,
  updated_at: timestamp,
})
export type SessionActivityJson = z.infer<typeof sessionActivityJson>

/** Reply of `GET /v1/me/sessions/active`. */
export const sessionActivitiesJson = z.array(sessionActivityJson)

/** A session as the Backend API sends it. */
export const backendSessionJson = z.object({
  id: z.string(),
  object: z.literal('session'),
  client_id: z.string(),
  user_id: z.string(),
  status: sessionStatus,
  last_active_at: timestamp,
  last_active_organization_id: z.null(),
  actor: z.null(),
  expire_at: timestamp,
  abandon_at: timestamp,
  created_at: timestamp,
  updated_at: timestamp,
})
export type BackendSessionJson = z.infer<typeof backendSessionJson>

/** Reply of `GET /v1/sessions` with `paginated=true`. */
export const sessionPageJson = z.object({ data: z.array(backendSessionJson), total_count: z.int() })

/** Body of `POST /v1/sessions`. */
export const createSessionBody = z.strictObject({ user_id: z.string() })

/** Body of `POST /v1/sessions/{id}/tokens`. */
export const sessionTokenBody = z.strictObject({
  expires_in_seconds: z.optional(z.nullable(z.int().check(z.minimum(30), z.maximum(315_360_000)))),
})

/** Body of `.../touch` and `.../tokens`: what clerk-js says of the page, which changes nothing here. */
export const touchBody = z.looseObject({ intent: z.optional(z.string()), tab_state: z.optional(z.string()) })
