import { isJsonObject, type JsonValue } from '@acme/schema'
import { readPasswordDigest } from '../../../auth/foreign-hashes/password-digest.ts'
import type { LeftOut } from '../foreign-user.ts'
import { fieldsOf, type RecordFields } from '../record-fields.ts'
import type { Source } from './source.ts'

/** The dashboard's CSV, which has the passwords; the JSON of its support; and the users of the Backend API. */
export const clerk: Source = {
  name: 'clerk',
  idField: 'external_id, else id',
  hasCsv: true,
  metadata: {
    public_metadata: { to: 'public', why: 'the same there' },
    private_metadata: { to: 'private', why: 'the same there' },
    unsafe_metadata: { to: 'unsafe', why: 'the same there', isUsers: true },
  },
  read(record) {
    const fields = fieldsOf(record)
    const digest = fields.text('password_digest')
    const leftOut: LeftOut[] = []
    if (fields.has('primary_phone_number', 'verified_phone_numbers', 'unverified_phone_numbers', 'phone_numbers'))
      leftOut.push('phone_number')
    if (fields.has('totp_secret', 'totp_enabled', 'two_factor_enabled')) leftOut.push('second_factor')
    if (fields.has('passkeys')) leftOut.push('passkey')
    if (fields.has('external_accounts', 'saml_accounts', 'enterprise_accounts')) leftOut.push('external_account')
    if (!digest && fields.flag('password_enabled')) leftOut.push('password')
    return {
      externalId: fields.text('external_id', 'id') ?? '',
      emailAddresses: emailAddressesOf(fields),
      username: fields.text('username'),
      firstName: fields.text('first_name'),
      lastName: fields.text('last_name'),
      password: digest ? readPasswordDigest(fields.text('password_hasher') ?? 'bcrypt', digest) : undefined,
      metadata: {
        public_metadata: fields.value('public_metadata'),
        private_metadata: fields.value('private_metadata'),
        unsafe_metadata: fields.value('unsafe_metadata'),
      },
      createdAt: fields.time('created_at'),
      lastSignInAt: fields.time('last_sign_in_at'),
      isBanned: fields.flag('banned') ?? false,
      lockedUntil: undefined,
      leftOut,
    }
  },
}

function emailAddressesOf(fields: RecordFields) {
  const primary = fields.text('primary_email_address')
  const unverified = listOf(fields.value('unverified_email_addresses'))
  const list = fields.value('email_addresses')
  if (!Array.isArray(list)) {
    const verified = [...listOf(fields.value('verified_email_addresses')), ...listOf(list)]
    const first = primary === null || unverified.includes(primary) ? [] : [primary]
    return [
      ...[...new Set([...first, ...verified])].map((emailAddress) => ({ emailAddress, isVerified: true })),
      ...unverified.map((emailAddress) => ({ emailAddress, isVerified: false })),
    ]
  }
  const primaryId = fields.text('primary_email_address_id')
  const all = list.map((one) => {
    if (!isJsonObject(one)) return { id: null, emailAddress: String(one), isVerified: true }
    const { id, email_address: emailAddress, verification } = one
    const isVerified = !isJsonObject(verification) || verification['status'] === 'verified'
    return { id: id ?? null, emailAddress: String(emailAddress), isVerified }
  })
  return [...all.filter(({ id }) => id === primaryId), ...all.filter(({ id }) => id !== primaryId)].map(
    ({ emailAddress, isVerified }) => ({ emailAddress, isVerified }),
  )
}

/** Clerk separates what is several by bars. */
function listOf(value: JsonValue | undefined): string[] {
  if (Array.isArray(value)) return value.map(String)
  return typeof value === 'string'
    ? value
        .split(/[|;]/)
        .map((one) => one.trim())
        .filter((one) => one !== '')
    : []
}
