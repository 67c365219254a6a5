import type { Operation } from './operations.ts'

/** Codes of errors by the status that they come with. */
export type Refusals = Readonly<Record<number, readonly string[]>>

/** What any operation may answer: the request is odd, or the server cannot answer now. */
const anywhere: Refusals = {
  400: ['api_version_invalid', 'malformed_request_parameters'],
  500: ['internal_clerk_error'],
  503: ['server_overloaded', 'storage_busy', 'storage_outdated', 'storage_overloaded', 'storage_unreachable'],
}

const byDoor: Readonly<Record<Operation['side'], Refusals>> = {
  backend: {
    401: ['authentication_invalid', 'authorization_header_format_invalid', 'clerk_key_invalid'],
    403: ['insufficient_scope'],
  },
  frontend: {
    400: ['host_invalid', 'origin_authorization_headers_conflict', 'origin_invalid'],
    401: ['dev_browser_unauthenticated'],
  },
}

/** What any operation may answer whose body is read. */
const withBody: Refusals = {
  400: ['request_body_invalid'],
  413: ['request_body_too_large'],
  415: ['unsupported_content_type'],
  422: ['form_param_duplicate', 'form_param_missing', 'form_param_unknown', 'form_param_value_invalid'],
}

const writing: Refusals = { 503: ['storage_interrupted', 'storage_read_only'], 507: ['storage_full'] }

/** What a write may answer that is done once however often it is asked for. */
const repeatable: Refusals = {
  400: ['idempotency_key_invalid'],
  409: ['idempotency_key_in_use'],
  410: ['idempotency_reply_gone'],
  422: ['idempotency_key_reused'],
}

const conditional: Refusals = { 400: ['precondition_invalid'], 412: ['version_conflict'] }
const metadata: Refusals = {
  422: ['form_param_exceeds_allowed_size', 'form_param_value_invalid', 'metadata_not_unique'],
}
const named: Refusals = { 404: ['resource_not_found'] }
const signedIn: Refusals = { 401: ['signed_out'] }
const counted: Refusals = { 429: ['too_many_requests'] }
const testOnly: Refusals = { 400: ['request_invalid_for_environment'] }
const query: Refusals = { 422: ['form_param_value_invalid'] }
const admitted: Refusals = { 403: ['user_banned', 'user_locked'] }

const fields: Refusals = {
  422: [
    'form_data_missing',
    'form_identifier_exists',
    'form_param_format_invalid',
    'form_param_invalid_time',
    'form_param_max_length_exceeded',
    'form_password_length_too_long',
    'form_password_length_too_short',
    'form_password_pwned',
  ],
}
const passwordDigest: Refusals = { 422: ['form_password_digest_invalid'] }
const deprecated: Refusals = { 422: ['form_param_deprecated'] }
const filters: Refusals = {
  409: ['metadata_index_building'],
  422: ['form_param_array_size_exceeded', 'form_param_duplicate', 'form_param_value_invalid', 'metadata_index_missing'],
}

const writesUser = [repeatable, conditional, metadata]
const writesMe = [...writesUser, signedIn, named]
const pastVersion: Refusals = { 404: ['version_not_kept'] }
const schemas: Refusals = { 422: ['metadata_schema_unusable', 'sealed_metadata_indexed'] }
const claims: Refusals = { 422: ['claim_invalid', 'claims_too_large'] }
/** What needs a look at every user is done in the background, and what comes of it is answered where it is soon done. */
const job: Refusals = { 409: ['job_cancelled'], 429: ['too_many_jobs'] }
const underMigration: Refusals = { 409: ['migration_not_under_way'] }
const webhookUrl: Refusals = { 422: ['webhook_url_refused'] }
const code: Refusals = {
  400: ['verification_expired', 'verification_failed', 'verification_not_sent'],
  422: ['form_code_incorrect'],
}
const ticket: Refusals = { 400: ['sign_in_token_already_used_code', 'ticket_expired_code', 'ticket_invalid_code'] }
const wrongPassword: Refusals = { 422: ['form_password_incorrect'] }
const newPassword: Refusals = {
  422: ['form_password_length_too_long', 'form_password_length_too_short', 'form_password_pwned'],
}
const alreadyVerified: Refusals = { 400: ['verification_already_verified'] }
/** Who has no e-mail address would be kept out. */
const lastWayIn: Refusals = { 422: ['last_identification_deletion_failed'] }
const invitation: Refusals = { 400: ['ticket_expired_code', 'ticket_invalid_code'] }
const restricted: Refusals = { 403: ['sign_up_mode_restricted'] }
const signUp = [repeatable, metadata, fields, signedIn, admitted, { 409: ['conflict'] }]
const signIn = [repeatable, signedIn, admitted, counted]

/** What an operation may answer by what it does itself. */
const own: Readonly<Record<string, readonly Refusals[]>> = {
  listUsers: [filters],
  countUsers: [filters],
  createUser: [repeatable, metadata, fields, passwordDigest],
  updateUser: [...writesUser, fields, passwordDigest, deprecated],
  deleteUser: [repeatable, conditional],
  updateUsersMetadata: [repeatable],
  updateUserMetadata: writesUser,
  replaceUserMetadata: writesUser,
  banUser: [repeatable],
  unbanUser: [repeatable],
  lockUser: [repeatable],
  unlockUser: [repeatable],
  banUsers: [named],
  unbanUsers: [named],
  createEmailAddress: [
    repeatable,
    named,
    { 422: ['email_addresses_exceeded', 'form_identifier_exists', 'form_param_format_invalid'] },
  ],
  updateEmailAddress: [repeatable, { 422: ['form_identifier_exists'] }],
  deleteEmailAddress: [repeatable, lastWayIn],
  listUserChanges: [query],
  getUserVersion: [pastVersion],
  restoreUserMetadata: [...writesUser, pastVersion],
  verifyPassword: [counted, { 400: ['no_password_set'], 422: ['incorrect_password'] }],
  removePassword: [repeatable, lastWayIn, { 400: ['no_password_set'] }],
  listSessions: [{ 422: ['form_param_missing', 'form_param_value_invalid'] }],
  createSession: [repeatable, named, testOnly, admitted],
  revokeSession: [repeatable],
  createSignInToken: [named],
  revokeSignInToken: [repeatable],
  listInvitations: [query],
  createInvitation: [
    metadata,
    testOnly,
    {
      400: ['duplicate_record'],
      422: ['form_identifier_exists', 'form_param_format_invalid'],
      503: ['invitation_not_sent'],
    },
  ],
  revokeInvitation: [repeatable, { 400: ['invitation_not_pending'] }],
  deleteInvitation: [repeatable],
  putMetadataSchemas: [
    repeatable,
    named,
    schemas,
    claims,
    job,
    {
      409: ['metadata_schemas_busy'],
      422: ['form_data_missing', 'metadata_index_unusable', 'metadata_schemas_broken'],
    },
  ],
  checkMetadataSchemas: [repeatable, schemas, job, { 422: ['metadata_schemas_broken'] }],
  beginMetadataMigration: [
    repeatable,
    schemas,
    { 409: ['metadata_schemas_busy', 'migration_begun', 'migration_done', 'migration_from_other_schemas'] },
    { 429: ['too_many_jobs'] },
  ],
  nextOfMetadataMigration: [underMigration],
  migrateUserMetadata: [...writesUser, underMigration],
  finishMetadataMigration: [repeatable, underMigration],
  cancelJob: [repeatable],
  createJwtTemplate: [repeatable, { 422: ['duplicate_record', 'jwt_templates_exceeded'] }],
  updateJwtTemplate: [repeatable, { 422: ['duplicate_record'] }],
  deleteJwtTemplate: [repeatable],
  createWebhookEndpoint: [repeatable, webhookUrl, { 422: ['webhook_endpoints_exceeded'], 501: ['not_implemented'] }],
  updateWebhookEndpoint: [repeatable, webhookUrl],
  deleteWebhookEndpoint: [repeatable],
  rotateWebhookSecret: [repeatable],
  listWebhookDeliveries: [query],
  handshake: [query],
  createDevBrowser: [testOnly],
  createSignUp: [...signUp, counted, invitation, restricted, { 400: ['captcha_invalid', 'captcha_missing_token'] }],
  getSignUp: [signedIn],
  updateSignUp: [...signUp, counted, invitation, restricted],
  prepareSignUpVerification: [repeatable, signedIn, counted, testOnly, { 400: ['verification_strategy_invalid'] }],
  attemptSignUpVerification: [...signUp, counted, code, invitation],
  createSignIn: [...signIn, ticket, wrongPassword, testOnly],
  getSignIn: [signedIn],
  prepareSignInFirstFactor: [repeatable, signedIn, counted, testOnly],
  attemptSignInFirstFactor: [...signIn, code, wrongPassword],
  resetPassword: [repeatable, signedIn, admitted, newPassword],
  getClientSession: [signedIn],
  touchSession: [signedIn],
  createSessionToken: [signedIn],
  createTemplateToken: [signedIn, named],
  endSession: [signedIn],
  removeSession: [signedIn],
  getMe: [signedIn],
  getMyEvents: [signedIn, { 503: ['too_many_streams'] }],
  updateMe: [...writesMe, fields, deprecated, lastWayIn],
  deleteMe: [repeatable, conditional, signedIn, named],
  updateMyMetadata: writesMe,
  replaceMyMetadata: writesMe,
  changeMyPassword: [repeatable, signedIn, named, counted, newPassword, wrongPassword],
  removeMyPassword: [repeatable, signedIn, named, counted, lastWayIn, wrongPassword, { 400: ['no_password_set'] }],
  addMyEmailAddress: [
    repeatable,
    signedIn,
    named,
    { 422: ['email_addresses_exceeded', 'form_identifier_exists', 'form_param_format_invalid'] },
  ],
  listMyEmailAddresses: [signedIn],
  getMyEmailAddress: [signedIn],
  prepareMyEmailAddress: [repeatable, signedIn, counted, testOnly, alreadyVerified],
  attemptMyEmailAddress: [repeatable, signedIn, counted, code, alreadyVerified, { 422: ['form_identifier_exists'] }],
  deleteMyEmailAddress: [repeatable, signedIn, lastWayIn],
  listAllMySessions: [signedIn],
  listMySessions: [signedIn],
  revokeMySession: [signedIn],
}

/** What the dashboard answers of its own; it is no part of the two APIs. */
export const dashboardRefusals: Refusals = {
  401: ['dashboard_code_invalid', 'dashboard_session_invalid'],
  403: ['dashboard_origin_invalid', 'dashboard_proof_invalid'],
  422: ['secret_key_name_taken', 'secret_key_needed', 'secret_keys_exceeded'],
}

/** Whether only somebody who is signed in, or was known before, is answered. */
export function isForSignedIn({ id }: Operation): boolean {
  return own[id]?.includes(signedIn) ?? false
}

/** Gives the codes of the errors that an operation answers, by status. */
export function refusalsOf({ id, side, method, path }: Operation): Refusals {
  const all = [
    anywhere,
    byDoor[side],
    ...(method === 'get' ? [] : [withBody, writing]),
    // The sessions of a client that are not there are over.
    ...(path.includes('{') && !path.startsWith('/v1/client/sessions') ? [named] : []),
    ...(own[id] ?? []),
  ]
  const codes: Record<number, readonly string[]> = {}
  for (const refusals of all) {
    for (const [status, more] of Object.entries(refusals)) {
      codes[Number(status)] = [...new Set([...(codes[Number(status)] ?? []), ...more])].sort()
    }
  }
  return codes
}
