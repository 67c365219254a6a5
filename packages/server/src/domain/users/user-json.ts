import { canRead, kinds, metadataParam, type Side } from '@acme/schema'
import type { BackendUserJson, EmailAddressJson, FrontendUserJson } from '@acme/schema/wire'
import type { EmailAddressRow, PendingEmailAddressRow, UserRow } from '../../storage/rows.ts'
import { admissionOf } from './admission.ts'

/** The user as each side may see it. */
export interface UserJsonOf {
  readonly frontend: FrontendUserJson
  readonly backend: BackendUserJson
}

/** The kinds of metadata that each side may see, and what they are called on the wire. */
const shown = { frontend: shownTo('frontend'), backend: shownTo('backend') }

function shownTo(side: Side) {
  return kinds.filter((kind) => canRead(side, kind)).map((kind) => ({ kind, param: metadataParam(kind) }))
}

/** Projects a user to what a side may see: which metadata that is, the matrix says. */
export function userJson<S extends Side>(user: UserRow, side: S, now: number): UserJsonOf[S] {
  const { isBanned, lockedFor } = admissionOf(user, now)
  const metadata: Record<string, unknown> = {}
  for (const { kind, param } of shown[side]) metadata[param] = user.metadata[kind]
  return {
    id: user.id,
    object: 'user',
    external_id: user.externalId,
    primary_email_address_id: user.primaryEmailAddressId,
    primary_phone_number_id: null,
    primary_web3_wallet_id: null,
    username: user.username,
    first_name: user.firstName,
    last_name: user.lastName,
    locale: null,
    timezone: null,
    image_url: '',
    has_image: false,
    ...metadata,
    email_addresses: [
      ...user.emailAddresses.map(emailAddressJson),
      ...(user.pendingEmailAddresses ?? []).map(pendingEmailAddressJson),
    ],
    phone_numbers: [],
    web3_wallets: [],
    passkeys: [],
    external_accounts: [],
    saml_accounts: [],
    enterprise_accounts: [],
    password_enabled: user.passwordHash !== null,
    two_factor_enabled: false,
    totp_enabled: false,
    backup_code_enabled: false,
    mfa_enabled_at: null,
    mfa_disabled_at: null,
    last_sign_in_at: user.lastSignInAt,
    last_active_at: user.lastActiveAt,
    banned: isBanned,
    locked: lockedFor > 0,
    lockout_expires_in_seconds: lockedFor > 0 ? Math.ceil(lockedFor / 1_000) : null,
    verification_attempts_remaining: null,
    delete_self_enabled: true,
    create_organization_enabled: false,
    legal_accepted_at: null,
    created_at: user.createdAt,
    updated_at: user.updatedAt,
    version: user.version,
  } as unknown as UserJsonOf[S]
}

/** The JSON texts of users, for as long as a storage keeps their rows. */
const texts = new WeakMap<UserRow, { [S in Side]?: string }>()

/** Writes what a side may see of a user as JSON text. */
export function userText(user: UserRow, side: Side, now: number): string {
  // A row that is not frozen is nobody's to give again; and a text that says how long they are locked out does not last.
  if (!Object.isFrozen(user) || user.lockedUntil !== undefined) return JSON.stringify(userJson(user, side, now))
  const known = texts.get(user) ?? {}
  const text = known[side] ?? JSON.stringify(userJson(user, side, now))
  if (known[side] === undefined) texts.set(user, { ...known, [side]: text })
  return text
}

/** Shows a verified e-mail address. */
export function emailAddressJson({ id, emailAddress, createdAt }: EmailAddressRow): EmailAddressJson {
  return {
    id,
    object: 'email_address',
    email_address: emailAddress,
    reserved: false,
    verification: {
      object: 'verification_admin',
      status: 'verified',
      strategy: 'admin',
      attempts: null,
      expire_at: null,
    },
    linked_to: [],
    matches_sso_connection: false,
    created_at: createdAt,
    updated_at: createdAt,
  }
}

/** Shows an e-mail address that is not verified yet. */
export function pendingEmailAddressJson(pending: PendingEmailAddressRow): EmailAddressJson {
  const { code } = pending
  return {
    ...emailAddressJson(pending),
    // Null until a code was asked for, as with sign-ups.
    verification: code && {
      object: 'verification_otp',
      status: 'unverified',
      strategy: 'email_code',
      attempts: code.attempts,
      expire_at: code.expireAt,
    },
  }
}
