import * as z from 'zod/mini'
import { formFlag } from './form-flag.ts'
import { jsonObject, timestamp } from './json-object.ts'
import { metadataParamsShape, metadataShape } from './metadata.ts'

/** How an identifier was or will be verified. */
export const verificationJson = z.object({
  object: z.string(),
  status: z.enum(['unverified', 'verified', 'failed', 'expired']),
  strategy: z.string(),
  attempts: z.nullable(z.int()),
  expire_at: z.nullable(timestamp),
})
export type VerificationJson = z.infer<typeof verificationJson>

/** An e-mail address of a user. */
export const emailAddressJson = z.object({
  id: z.string(),
  object: z.literal('email_address'),
  email_address: z.string(),
  reserved: z.boolean(),
  verification: z.nullable(verificationJson),
  linked_to: z.array(jsonObject),
  matches_sso_connection: z.boolean(),
  created_at: timestamp,
  updated_at: timestamp,
})
export type EmailAddressJson = z.infer<typeof emailAddressJson>

/** E-mail addresses of a user. */
export const emailAddressesJson = z.array(emailAddressJson)

const userFields = {
  id: z.string(),
  object: z.literal('user'),
  external_id: z.nullable(z.string()),
  primary_email_address_id: z.nullable(z.string()),
  primary_phone_number_id: z.nullable(z.string()),
  primary_web3_wallet_id: z.nullable(z.string()),
  username: z.nullable(z.string()),
  first_name: z.nullable(z.string()),
  last_name: z.nullable(z.string()),
  locale: z.nullable(z.string()),
  timezone: z.nullable(z.string()),
  image_url: z.string(),
  has_image: z.boolean(),
  email_addresses: z.array(emailAddressJson),
  phone_numbers: z.array(jsonObject),
  web3_wallets: z.array(jsonObject),
  passkeys: z.array(jsonObject),
  external_accounts: z.array(jsonObject),
  saml_accounts: z.array(jsonObject),
  enterprise_accounts: z.array(jsonObject),
  password_enabled: z.boolean(),
  two_factor_enabled: z.boolean(),
  totp_enabled: z.boolean(),
  backup_code_enabled: z.boolean(),
  mfa_enabled_at: z.nullable(timestamp),
  mfa_disabled_at: z.nullable(timestamp),
  last_sign_in_at: z.nullable(timestamp),
  last_active_at: z.nullable(timestamp),
  banned: z.boolean(),
  locked: z.boolean(),
  lockout_expires_in_seconds: z.nullable(z.int()),
  verification_attempts_remaining: z.nullable(z.int()),
  delete_self_enabled: z.boolean(),
  create_organization_enabled: z.boolean(),
  legal_accepted_at: z.nullable(timestamp),
  created_at: timestamp,
  updated_at: timestamp,
  /** Rises by one with every write; the same number as the `ETag`. */
  version: z.int(),
}

/** The user as the Frontend API sends it. */
export const frontendUserJson = z.object({ ...userFields, ...metadataShape('frontend') })
export type FrontendUserJson = z.infer<typeof frontendUserJson>

/** The user as the Backend API sends it. */
export const backendUserJson = z.object({ ...userFields, ...metadataShape('backend') })
export type BackendUserJson = z.infer<typeof backendUserJson>

const optionalText = z.optional(z.nullable(z.string()))

const nameParams = {
  first_name: optionalText,
  last_name: optionalText,
  username: optionalText,
}

/** A password, or what another product keeps of it and by which of its hashers that was made. */
const passwordParams = {
  password: z.optional(z.string()),
  password_digest: z.optional(z.string()),
  password_hasher: z.optional(z.string()),
  skip_password_checks: z.optional(z.boolean()),
}

/** Body of `POST /v1/users`. */
export const createUserBody = z.strictObject({
  ...nameParams,
  ...metadataParamsShape('backend'),
  external_id: optionalText,
  email_address: z.optional(z.array(z.string())),
  ...passwordParams,
  skip_password_requirement: z.optional(z.boolean()),
  skip_user_requirement: z.optional(z.boolean()),
  skip_legal_checks: z.optional(z.boolean()),
  banned: z.optional(z.boolean()),
  locked: z.optional(z.boolean()),
  created_at: z.optional(z.string()),
})
export type CreateUserBody = z.infer<typeof createUserBody>

/** Body of `PATCH /v1/users/{id}`. */
export const updateUserBody = z.strictObject({
  ...nameParams,
  ...metadataParamsShape('backend'),
  external_id: optionalText,
  primary_email_address_id: z.optional(z.string()),
  ...passwordParams,
  sign_out_of_other_sessions: z.optional(z.boolean()),
})
export type UpdateUserBody = z.infer<typeof updateUserBody>

/** Body of `POST /v1/users/{id}/verify_password`. */
export const verifyPasswordBody = z.strictObject({ password: z.string() })

/** Body of `POST /v1/users/{id}/remove_password`. */
export const removeUserPasswordBody = z.strictObject({ sign_out_of_other_sessions: z.optional(z.boolean()) })

/** Reply of `POST /v1/users/{id}/verify_password`. */
export const verifiedJson = z.object({ verified: z.literal(true) })

/** Body of a request that says everything by its path. */
export const emptyBody = z.strictObject({})

/** Body of `POST /v1/me/change_password`; the current one is asked for where there is one. */
export const changePasswordBody = z.strictObject({
  current_password: z.optional(z.string()),
  new_password: z.string(),
  sign_out_of_other_sessions: formFlag,
})

/** Body of `POST /v1/me/remove_password`. */
export const removePasswordBody = z.strictObject({ current_password: z.optional(z.string()) })

/** Body of `POST /v1/me/email_addresses`. */
export const emailAddressBody = z.strictObject({ email_address: z.string() })

/** Body of `.../email_addresses/{id}/attempt_verification`. */
export const attemptEmailAddressBody = z.strictObject({
  strategy: z.optional(z.literal('email_code')),
  code: z.string(),
})

/** Body of `PATCH /v1/me`. */
export const updateMeBody = z.strictObject({
  ...nameParams,
  ...metadataParamsShape('frontend'),
  primary_email_address_id: z.optional(z.string()),
})
export type UpdateMeBody = z.infer<typeof updateMeBody>

/** Body of `POST /v1/email_addresses`: without `verified`, the user is to verify it. */
export const createEmailAddressBody = z.strictObject({
  user_id: z.string(),
  email_address: z.string(),
  verified: z.optional(z.nullable(z.boolean())),
  primary: z.optional(z.nullable(z.boolean())),
})

/** Body of `PATCH /v1/email_addresses/{id}`. */
export const updateEmailAddressBody = z.strictObject({
  verified: z.optional(z.nullable(z.boolean())),
  primary: z.optional(z.nullable(z.boolean())),
})

/** How many users may be banned at once. */
const bulkAdmissionLimit = 50

/** Body of `POST /v1/users/ban` and `/v1/users/unban`. */
export const bulkAdmissionBody = z.strictObject({
  user_ids: z.array(z.string()).check(z.minLength(1), z.maxLength(bulkAdmissionLimit)),
})
