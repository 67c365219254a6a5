import { readSelfDescribingDigest } from '../../../auth/foreign-hashes/password-digest.ts'
import type { LeftOut } from '../foreign-user.ts'
import { fieldsOf } from '../record-fields.ts'
import type { Source } from './source.ts'

/** The rows of `auth.users`, as CSV or JSON. */
export const supabase: Source = {
  name: 'supabase',
  idField: 'id',
  hasCsv: true,
  metadata: {
    raw_user_meta_data: { to: 'unsafe', why: 'whoever it is about can write it', isUsers: true },
    raw_app_meta_data: {
      to: 'private',
      why: 'only servers write it; --map raw_app_meta_data=public shows it to the user',
    },
  },
  read(record) {
    const fields = fieldsOf(record)
    const email = fields.text('email')
    const digest = fields.text('encrypted_password')
    const leftOut: LeftOut[] = []
    if (fields.has('phone')) leftOut.push('phone_number')
    const isVerified = fields.time('email_confirmed_at', 'confirmed_at') !== undefined
    return {
      externalId: fields.text('id') ?? '',
      emailAddresses: email === null ? [] : [{ emailAddress: email, isVerified }],
      username: null,
      firstName: null,
      lastName: null,
      password: digest === null ? undefined : readSelfDescribingDigest(digest),
      metadata: {
        raw_user_meta_data: fields.value('raw_user_meta_data', 'user_metadata'),
        raw_app_meta_data: fields.value('raw_app_meta_data', 'app_metadata'),
      },
      createdAt: fields.time('created_at'),
      lastSignInAt: fields.time('last_sign_in_at'),
      isBanned: false,
      lockedUntil: fields.time('banned_until'),
      leftOut,
      gone: fields.has('deleted_at') ? 'it was deleted there' : undefined,
    }
  },
}
