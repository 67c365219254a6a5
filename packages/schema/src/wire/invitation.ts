import * as z from 'zod/mini'
import { jsonObject, timestamp } from './json-object.ts'

/** Body of `POST /v1/invitations`. */
export const createInvitationBody = z.strictObject({
  email_address: z.string(),
  public_metadata: z.optional(jsonObject),
  redirect_url: z.optional(z.nullable(z.string().check(z.maxLength(2_000)))),
  expires_in_days: z.optional(z.nullable(z.int().check(z.minimum(1), z.maximum(365)))),
  ignore_existing: z.optional(z.nullable(z.boolean())),
  notify: z.optional(z.nullable(z.boolean())),
  template_slug: z.optional(z.enum(['invitation', 'waitlist_invitation'])),
})

/** Whether an invitation can be used still. */
export const invitationStatus = z.enum(['pending', 'accepted', 'revoked', 'expired'])

/** Somebody who was asked to sign up; where that leads shows only when it is made. */
export const invitationJson = z.object({
  id: z.string(),
  object: z.literal('invitation'),
  email_address: z.string(),
  public_metadata: jsonObject,
  status: invitationStatus,
  revoked: z.boolean(),
  url: z.optional(z.string()),
  expires_at: timestamp,
  created_at: timestamp,
  updated_at: timestamp,
})
export type InvitationJson = z.infer<typeof invitationJson>

/** Reply of `GET /v1/invitations` with `paginated=true`. */
export const invitationPageJson = z.object({ data: z.array(invitationJson), total_count: z.int() })
