import * as z from 'zod/mini'
import { formFlag } from './form-flag.ts'
import { jsonObject, timestamp } from './json-object.ts'
import { codeVerificationJson } from './sign-up.ts'

/** A way to prove who signs in. */
export const firstFactorJson = z.object({
  strategy: z.enum(['password', 'email_code', 'reset_password_email_code']),
  email_address_id: z.optional(z.string()),
  safe_identifier: z.optional(z.string()),
  primary: z.optional(z.boolean()),
})
export type FirstFactorJson = z.infer<typeof firstFactorJson>

/** A sign-in: what it still needs, and the session it became. */
export const signInJson = z.object({
  id: z.string(),
  object: z.literal('sign_in_attempt'),
  status: z.enum(['needs_identifier', 'needs_first_factor', 'needs_new_password', 'complete']),
  supported_identifiers: z.array(z.string()),
  supported_first_factors: z.array(firstFactorJson),
  supported_second_factors: z.null(),
  first_factor_verification: z.nullable(codeVerificationJson),
  second_factor_verification: z.null(),
  identifier: z.nullable(z.string()),
  user_data: z.nullable(jsonObject),
  created_session_id: z.nullable(z.string()),
  abandon_at: timestamp,
})
export type SignInJson = z.infer<typeof signInJson>

/** Body of `POST /v1/client/sign_ins`. */
export const signInBody = z.strictObject({
  strategy: z.optional(z.enum(['password', 'email_code', 'reset_password_email_code', 'ticket'])),
  identifier: z.optional(z.string().check(z.maxLength(256))),
  password: z.optional(z.string()),
  ticket: z.optional(z.string()),
  locale: z.optional(z.string()),
  timezone: z.optional(z.string()),
})

/** Body of `.../prepare_first_factor`. */
export const prepareFirstFactorBody = z.strictObject({
  strategy: z.enum(['email_code', 'reset_password_email_code']),
  email_address_id: z.optional(z.string()),
})

/** Body of `.../reset_password`. */
export const resetPasswordBody = z.strictObject({ password: z.string(), sign_out_of_other_sessions: formFlag })

/** Body of `.../attempt_first_factor`. */
export const attemptFirstFactorBody = z.strictObject({
  strategy: z.enum(['password', 'email_code', 'reset_password_email_code']),
  code: z.optional(z.string()),
  password: z.optional(z.string()),
})
