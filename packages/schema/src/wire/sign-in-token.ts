import * as z from 'zod/mini'
import { timestamp } from './json-object.ts'

/** Body of `POST /v1/sign_in_tokens`; without a lifetime, 30 days. */
export const signInTokenBody = z.strictObject({
  user_id: z.string(),
  expires_in_seconds: z.optional(z.nullable(z.int().check(z.minimum(1), z.maximum(315_360_000)))),
})

/** A ticket by which a user signs in once; the secret shows only when it is made. */
export const signInTokenJson = z.object({
  id: z.string(),
  object: z.literal('sign_in_token'),
  user_id: z.string(),
  token: z.optional(z.string()),
  status: z.enum(['pending', 'accepted', 'revoked']),
  url: z.nullable(z.string()),
  created_at: timestamp,
  updated_at: timestamp,
})
export type SignInTokenJson = z.infer<typeof signInTokenJson>
