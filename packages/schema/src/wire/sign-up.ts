import * as z from 'zod/mini'
import { jsonObject, timestamp } from './json-object.ts'
import { metadataParamsShape } from './metadata.ts'

/** An identifier of a sign-up that a code must verify. */
export const codeVerificationJson = z.object({
  object: z.literal('verification_otp'),
  status: z.enum(['unverified', 'verified', 'failed', 'expired']),
  /** Null until a code was asked for: Clerk's components take it for sent otherwise. */
  strategy: z.nullable(z.enum(['email_code', 'reset_password_email_code'])),
  attempts: z.int(),
  expire_at: z.nullable(timestamp),
  next_action: z.enum(['needs_prepare', 'needs_attempt', '']),
  supported_strategies: z.array(z.string()),
})
export type CodeVerificationJson = z.infer<typeof codeVerificationJson>

/** A sign-up: what it still needs, and what it became. */
export const signUpJson = z.object({
  id: z.string(),
  object: z.literal('sign_up_attempt'),
  status: z.enum(['missing_requirements', 'complete', 'abandoned']),
  required_fields: z.array(z.string()),
  optional_fields: z.array(z.string()),
  missing_fields: z.array(z.string()),
  unverified_fields: z.array(z.string()),
  verifications: z.object({
    email_address: z.nullable(codeVerificationJson),
    phone_number: z.null(),
    web3_wallet: z.null(),
    external_account: z.null(),
  }),
  username: z.nullable(z.string()),
  first_name: z.nullable(z.string()),
  last_name: z.nullable(z.string()),
  email_address: z.nullable(z.string()),
  phone_number: z.null(),
  web3_wallet: z.null(),
  has_password: z.boolean(),
  password_enabled: z.boolean(),
  unsafe_metadata: jsonObject,
  public_metadata: jsonObject,
  created_session_id: z.nullable(z.string()),
  created_user_id: z.nullable(z.string()),
  abandon_at: timestamp,
  legal_accepted_at: z.nullable(timestamp),
  locale: z.nullable(z.string()),
  timezone: z.nullable(z.string()),
  external_account: z.null(),
  custom_action: z.boolean(),
  external_id: z.nullable(z.string()),
})
export type SignUpJson = z.infer<typeof signUpJson>

/** Body of `POST /v1/client/sign_ups` and `PATCH /v1/client/sign_ups/{id}`. */
export const signUpBody = z.strictObject({
  ...metadataParamsShape('frontend'),
  email_address: z.optional(z.string()),
  username: z.optional(z.string()),
  password: z.optional(z.string()),
  first_name: z.optional(z.string()),
  last_name: z.optional(z.string()),
  legal_accepted: z.optional(z.string()),
  strategy: z.optional(z.string()),
  /** Of an invitation, with `strategy=ticket`. */
  ticket: z.optional(z.string()),
  captcha_token: z.optional(z.string()),
  captcha_widget_type: z.optional(z.string()),
  captcha_error: z.optional(z.string()),
  locale: z.optional(z.string()),
  timezone: z.optional(z.string()),
})
export type SignUpBody = z.infer<typeof signUpBody>

/** Body of `.../prepare_verification`. */
export const prepareBody = z.strictObject({
  strategy: z.literal('email_code'),
  email_address_id: z.optional(z.string()),
})

/** Body of `.../attempt_verification`. */
export const attemptVerificationBody = z.strictObject({ strategy: z.literal('email_code'), code: z.string() })
