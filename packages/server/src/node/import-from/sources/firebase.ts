import { isJsonObject } from '@acme/schema'
import { type DigestReading, readFirebaseDigest } from '../../../auth/foreign-hashes/password-digest.ts'
import type { LeftOut } from '../foreign-user.ts'
import { fieldsOf, type RecordFields } from '../record-fields.ts'
import type { Source, SourceOptions } from './source.ts'

/** What `firebase auth:export` writes as JSON, and the users of the Admin SDK. */
export const firebase: Source = {
  name: 'firebase',
  idField: 'localId',
  hasCsv: false,
  metadata: { customClaims: { to: 'public', why: 'only servers write it, and it is in the token of the user' } },
  read(record, options) {
    const fields = fieldsOf(record)
    const email = fields.text('email')
    const leftOut: LeftOut[] = []
    if (fields.has('phoneNumber')) leftOut.push('phone_number')
    if (fields.has('mfaInfo', 'multiFactor')) leftOut.push('second_factor')
    const providers = fields.value('providerUserInfo', 'providerData')
    if (Array.isArray(providers) && providers.some((one) => isJsonObject(one) && !ownProviders.has(one['providerId'])))
      leftOut.push('external_account')
    const times = fieldsOf(isJsonObject(record['metadata']) ? record['metadata'] : {})
    return {
      externalId: fields.text('localId', 'uid') ?? '',
      emailAddresses:
        email === null ? [] : [{ emailAddress: email, isVerified: fields.flag('emailVerified') ?? false }],
      username: null,
      firstName: fields.text('displayName'),
      lastName: null,
      password: passwordOf(fields, options),
      metadata: { customClaims: fields.value('customClaims', 'customAttributes') },
      createdAt: fields.time('createdAt') ?? times.time('creationTime'),
      lastSignInAt: fields.time('lastSignedInAt', 'lastLoginAt') ?? times.time('lastSignInTime'),
      isBanned: fields.flag('disabled') ?? false,
      lockedUntil: undefined,
      leftOut,
    }
  },
}

const ownProviders: ReadonlySet<unknown> = new Set(['password', 'phone'])

function passwordOf(fields: RecordFields, { firebase: parameters }: SourceOptions): DigestReading | undefined {
  const hash = fields.text('passwordHash')
  if (hash === null) return undefined
  if (!parameters) {
    const message = 'needs the password hash parameters of the project: --hash-config'
    return { refusal: { code: 'password_hasher_unknown', message } }
  }
  return readFirebaseDigest(parameters, fields.text('salt', 'passwordSalt') ?? '', hash)
}
