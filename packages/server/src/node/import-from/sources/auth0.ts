import { isJsonObject, type JsonObject, type JsonValue } from '@acme/schema'
import { type DigestReading, readSelfDescribingDigest } from '../../../auth/foreign-hashes/password-digest.ts'
import type { LeftOut } from '../foreign-user.ts'
import { fieldsOf } from '../record-fields.ts'
import type { Source } from './source.ts'

/** The users that its export job writes, and what its support writes of their passwords. */
export const auth0: Source = {
  name: 'auth0',
  idField: 'user_id',
  hasCsv: false,
  metadata: {
    user_metadata: { to: 'unsafe', why: 'whoever it is about can write it', isUsers: true },
    app_metadata: {
      to: 'private',
      why: 'only servers write it; --map app_metadata.NAME=public shows a part to the user',
    },
  },
  read(record) {
    const fields = fieldsOf(record)
    const email = fields.text('email')
    const leftOut: LeftOut[] = []
    if (fields.has('phone_number')) leftOut.push('phone_number')
    if (fields.has('multifactor', 'mfa_factors')) leftOut.push('second_factor')
    const identities = fields.value('identities')
    if (Array.isArray(identities) && identities.some((one) => isJsonObject(one) && one['provider'] !== 'auth0'))
      leftOut.push('external_account')
    return {
      externalId: auth0Id(record),
      emailAddresses:
        email === null ? [] : [{ emailAddress: email, isVerified: fields.flag('email_verified') ?? false }],
      username: fields.text('username'),
      firstName: fields.text('given_name'),
      lastName: fields.text('family_name'),
      password: auth0Password(record),
      metadata: { user_metadata: fields.value('user_metadata'), app_metadata: fields.value('app_metadata') },
      createdAt: fields.time('created_at'),
      lastSignInAt: fields.time('last_login'),
      isBanned: fields.flag('blocked') ?? false,
      lockedUntil: undefined,
      leftOut,
    }
  },
}

/** The id of a user; of one of the export of passwords, from what its database calls it. */
export function auth0Id(record: JsonObject): string {
  const { user_id: id, _id: key } = record
  if (typeof id === 'string') return id
  const text = isJsonObject(key) ? key['$oid'] : key
  return typeof text === 'string' && text !== '' ? `auth0|${text}` : ''
}

/** What a record says of the password. */
export function auth0Password(record: JsonObject): DigestReading | undefined {
  const fields = fieldsOf(record)
  const custom: JsonValue | undefined = fields.value('custom_password_hash')
  const hash = isJsonObject(custom) ? custom['hash'] : undefined
  const value = isJsonObject(hash) ? hash['value'] : undefined
  const digest = fields.text('passwordHash', 'password_hash') ?? (typeof value === 'string' ? value : null)
  return digest === null ? undefined : readSelfDescribingDigest(digest)
}
