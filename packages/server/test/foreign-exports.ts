import { createCipheriv, randomUUID, scryptSync } from 'node:crypto'
import { hashSync } from 'bcryptjs'

/** A file in the shape that a product documents, and what is to become of it. */
export interface ForeignExport {
  readonly from: string
  /** What each file holds, by its name; the first is the one that is imported. */
  readonly files: Readonly<Record<string, string>>
  readonly options: readonly string[]
  /** The codes of the report, by the external id; of whoever has none, by ''. */
  readonly refused: Readonly<Record<string, string>>
  readonly users: number
  /** Who signs in, one for each kind of hash. */
  readonly passwords: readonly (readonly [identifier: string, password: string])[]
  /** A user whose metadata is to be found as it was. */
  readonly sample: { readonly emailAddress: string; readonly metadata: object }
}

export const password = 'correct horse battery'
const bcrypt = hashSync(password, 4)
/** Made by the reference program of Argon2 and by that of Firebase. */
const argon2 = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'
const unknownHash = '5f4dcc3b5aa765d61d8327deb882cf99'
const costly = `$2b$16$${bcrypt.slice(7)}`
const big = 'x'.repeat(8_200)
const odd = { '🦊': '字', 'a.b': 'Ünal “quoted”\n\u2028line', list: [1, null, { deep: true }] }

const emailOf = (index: number) => `user${index}@example.com`
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`

/** Writes rows as CSV, everything in quotes. */
function csv(names: readonly string[], rows: readonly Readonly<Record<string, unknown>>[], end = '\r\n'): string {
  const cell = (value: unknown) =>
    value === undefined || value === null ? '' : quoted(typeof value === 'string' ? value : JSON.stringify(value))
  return [names.join(','), ...rows.map((row) => names.map((name) => cell(row[name])).join(','))].join(end) + end
}

/** The users of Clerk, whose traps are the last ones. */
export function clerkExport(users: number, isCsv: boolean): ForeignExport {
  const plain = (index: number): Record<string, unknown> => ({
    id: `user_${index}`,
    first_name: index % 3 === 0 ? 'Ünal' : null,
    last_name: '字',
    username: `name_${index}`,
    primary_email_address: emailOf(index),
    verified_email_addresses: emailOf(index),
    unverified_email_addresses: '',
    password_digest: bcrypt,
    password_hasher: 'bcrypt',
    public_metadata: { plan: index % 2 === 0 ? 'free' : 'pro', odd },
    private_metadata: { customer: `cus_${index}` },
    unsafe_metadata: null,
    created_at: 1_700_000_000_000 + index,
  })
  const rows = Array.from({ length: users }, (_, index) => plain(index))
  const trap = (fields: object, index: number) => ({ ...plain(users + index), ...fields })
  const fresh = (id: string) => ({
    id,
    username: `name_${id}`,
    primary_email_address: `${id}@example.com`,
    verified_email_addresses: `${id}@example.com`,
  })
  rows.push(
    trap({ ...fresh('argon'), password_digest: argon2, password_hasher: 'argon2id' }, 0),
    trap({ ...fresh('oversized'), public_metadata: { big } }, 1),
    trap(
      {
        ...fresh('twice'),
        primary_email_address: emailOf(3).toUpperCase(),
        verified_email_addresses: emailOf(3).toUpperCase(),
      },
      2,
    ),
    trap({ ...fresh('md5'), password_digest: unknownHash, password_hasher: 'md5' }, 3),
    trap({ ...fresh('costly'), password_digest: costly }, 4),
    trap({ ...fresh('list'), public_metadata: [1] }, 5),
    trap({ ...fresh('name'), username: 'a b' }, 6),
    trap({ ...fresh(''), username: 'nobody_at_all' }, 7),
    trap(
      {
        ...fresh('unproved'),
        username: null,
        primary_email_address: '',
        verified_email_addresses: '',
        unverified_email_addresses: 'x@example.com',
      },
      8,
    ),
  )
  const names = Object.keys(plain(0))
  const json = rows.map(
    ({
      verified_email_addresses: _v,
      unverified_email_addresses: unverified,
      primary_email_address: primary,
      ...rest
    }) => ({
      ...rest,
      primary_email_address_id: 'idn_1',
      email_addresses: [
        ...(primary ? [{ id: 'idn_1', email_address: primary, verification: { status: 'verified' } }] : []),
        ...(unverified ? [{ id: 'idn_2', email_address: unverified, verification: { status: 'unverified' } }] : []),
      ],
    }),
  )
  return {
    from: 'clerk',
    files: isCsv ? { 'users.csv': csv(names, rows) } : { 'users.json': JSON.stringify(json, null, 2) },
    options: [],
    users: users + 1,
    refused: {
      oversized: 'form_param_exceeds_allowed_size',
      twice: 'form_identifier_exists',
      md5: 'password_hasher_unknown',
      costly: 'password_digest_too_costly',
      list: 'metadata_invalid',
      name: 'form_param_format_invalid',
      '': 'form_param_missing',
      unproved: 'email_address_not_verified',
    },
    passwords: [
      [emailOf(0), password],
      ['name_1', password],
      ['argon@example.com', 'password'],
    ],
    sample: {
      emailAddress: emailOf(2),
      metadata: {
        public: { plan: 'free', odd },
        private: { customer: 'cus_2' },
        unsafe: {},
      },
    },
  }
}

const signerKey = Buffer.from('0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef')

/** What Firebase keeps of a password, by its description. */
function firebaseHashOf(text: string, salt: Buffer): string {
  const derived = scryptSync(text, Buffer.concat([salt, Buffer.from('Bw==', 'base64')]), 64, { N: 2 ** 4, r: 8, p: 1 })
  const cipher = createCipheriv('aes-256-ctr', derived.subarray(0, 32), Buffer.alloc(16))
  return Buffer.concat([cipher.update(signerKey), cipher.final()]).toString('base64')
}

const fbscrypt = `$fbscrypt$v=1,n=4,r=8,p=1,ss=Bw==,sk=${signerKey.toString('base64')}$${Buffer.from('pepper').toString('base64')}$${firebaseHashOf(password, Buffer.from('pepper'))}`

/** The rows of Supabase's `auth.users`. */
export function supabaseExport(users: number, shape: 'csv' | 'json' | 'ndjson'): ForeignExport {
  const plain = (index: number): Record<string, unknown> => ({
    instance_id: '00000000-0000-0000-0000-000000000000',
    id: `id-${index}`,
    aud: 'authenticated',
    role: 'authenticated',
    email: emailOf(index),
    encrypted_password: bcrypt,
    email_confirmed_at: '2024-01-31 09:30:00.123456+00',
    last_sign_in_at: index % 2 === 0 ? null : '2024-02-01 09:30:00+00',
    raw_app_meta_data: { provider: 'email', providers: ['email'] },
    raw_user_meta_data: index % 10 === 0 ? null : { theme: 'dark', odd },
    created_at: '2024-01-31 09:29:00+00',
    banned_until: null,
    phone: null,
    deleted_at: null,
  })
  const rows = Array.from({ length: users }, (_, index) => plain(index))
  const trap = (id: string, fields: object) => rows.push({ ...plain(0), id, email: `${id}@example.com`, ...fields })
  trap('argon', { encrypted_password: argon2 })
  trap('fb', { encrypted_password: fbscrypt })
  trap('oversized', { raw_user_meta_data: { big } })
  trap('twice', { email: emailOf(3) })
  trap('md5', { encrypted_password: unknownHash })
  trap('costly', { encrypted_password: costly })
  trap('list', { raw_app_meta_data: [1] })
  trap('unproved', { email_confirmed_at: null })
  trap('deleted', { deleted_at: '2024-03-01 00:00:00+00' })
  const text =
    shape === 'csv'
      ? csv(Object.keys(plain(0)), rows, '\n')
      : shape === 'json'
        ? JSON.stringify(rows)
        : rows.map((row) => `${JSON.stringify(row)}\n`).join('')
  return {
    from: 'supabase',
    files: { [`users.${shape}`]: text },
    options: [],
    users: users + 2,
    refused: {
      oversized: 'form_param_exceeds_allowed_size',
      twice: 'form_identifier_exists',
      md5: 'password_hasher_unknown',
      costly: 'password_digest_too_costly',
      list: 'metadata_invalid',
      unproved: 'email_address_not_verified',
      deleted: 'deleted_there',
    },
    passwords: [
      [emailOf(0), password],
      ['argon@example.com', 'password'],
      ['fb@example.com', password],
    ],
    sample: {
      emailAddress: emailOf(1),
      metadata: { public: {}, private: { provider: 'email', providers: ['email'] }, unsafe: { theme: 'dark', odd } },
    },
  }
}

/** What Auth0's export job writes, and what its support exports of the passwords. */
export function auth0Export(users: number): ForeignExport {
  const plain = (index: number): Record<string, unknown> => ({
    user_id: `auth0|${index}`,
    email: emailOf(index),
    email_verified: true,
    given_name: 'Grace',
    family_name: null,
    username: index % 2 === 0 ? `name_${index}` : undefined,
    user_metadata: { theme: 'dark', odd },
    app_metadata: index % 10 === 0 ? null : { plan: 'pro', customer: `cus_${index}` },
    created_at: '2024-01-31T09:30:00.123Z',
    last_login: '2024-02-01T09:30:00.123Z',
    identities: [{ provider: 'auth0', user_id: String(index), connection: 'Username-Password-Authentication' }],
  })
  const rows = Array.from({ length: users }, (_, index) => plain(index))
  const trap = (id: string, fields: object) =>
    rows.push({ ...plain(1), user_id: `auth0|${id}`, email: `${id}@example.com`, ...fields })
  trap('argon', {})
  trap('oversized', { user_metadata: { big } })
  trap('twice', { email: emailOf(3) })
  trap('md5', {})
  trap('list', { app_metadata: 'text' })
  trap('unproved', { email_verified: false })
  const hashes = rows.map(({ user_id: id, email }) => ({
    _id: { $oid: String(id).slice(6) },
    email_verified: true,
    email,
    passwordHash: id === 'auth0|md5' ? unknownHash : id === 'auth0|argon' ? argon2 : bcrypt,
    password_set_date: { $date: '2024-01-31T09:30:00.123Z' },
    tenant: 'acme',
    connection: 'Username-Password-Authentication',
    _tmp_is_unique: true,
  }))
  const lines = (list: readonly object[]) => list.map((one) => `${JSON.stringify(one)}\n`).join('')
  return {
    from: 'auth0',
    files: { 'users.json': lines(rows), 'hashes.json': lines(hashes) },
    options: ['--password-hashes', 'hashes.json', '--map', 'app_metadata.plan=public'],
    users: users + 2,
    refused: {
      'auth0|oversized': 'form_param_exceeds_allowed_size',
      'auth0|twice': 'form_identifier_exists',
      // They are there, and without a password.
      'auth0|md5': 'password_hasher_unknown',
      'auth0|list': 'metadata_invalid',
      'auth0|unproved': 'email_address_not_verified',
    },
    passwords: [
      [emailOf(0), password],
      ['argon@example.com', 'password'],
    ],
    sample: {
      emailAddress: emailOf(1),
      metadata: { public: { plan: 'pro' }, private: { customer: 'cus_1' }, unsafe: { theme: 'dark', odd } },
    },
  }
}

/** What `firebase auth:export` writes. */
export function firebaseExport(users: number): ForeignExport {
  const salts = Array.from({ length: 8 }, () => Buffer.from(randomUUID().slice(0, 10)))
  const kept = salts.map((salt) => ({
    // As the program writes it.
    passwordHash: firebaseHashOf(password, salt),
    salt: salt.toString('base64').replaceAll('+', '-').replaceAll('/', '_'),
  }))
  const plain = (index: number): Record<string, unknown> => ({
    localId: `id${index}`,
    email: emailOf(index),
    emailVerified: true,
    ...kept[index % kept.length],
    displayName: 'Grace 字',
    lastSignedInAt: '1700000000001',
    createdAt: '1700000000000',
    disabled: false,
    ...(index % 10 !== 0 && { customAttributes: JSON.stringify({ plan: 'pro', odd }) }),
    providerUserInfo: [],
  })
  const rows = Array.from({ length: users }, (_, index) => plain(index))
  const trap = (id: string, fields: object) =>
    rows.push({ ...plain(1), localId: id, email: `${id}@example.com`, ...fields })
  trap('oversized', { customAttributes: JSON.stringify({ big }) })
  trap('twice', { email: emailOf(3) })
  trap('hash', { passwordHash: 'AAAA' })
  trap('broken', { customAttributes: '{"plan":' })
  trap('unproved', { emailVerified: false })
  trap('', {})
  return {
    from: 'firebase',
    files: {
      'users.json': JSON.stringify({ users: rows }, null, 2),
      'hash.txt': `hash_config {\n  algorithm: SCRYPT,\n  base64_signer_key: ${signerKey.toString('base64')},\n  base64_salt_separator: Bw==,\n  rounds: 8,\n  mem_cost: 4,\n}\n`,
    },
    options: ['--hash-config', 'hash.txt'],
    users,
    refused: {
      oversized: 'form_param_exceeds_allowed_size',
      twice: 'form_identifier_exists',
      hash: 'password_digest_invalid',
      broken: 'metadata_invalid',
      unproved: 'email_address_not_verified',
      '': 'form_param_missing',
    },
    passwords: [[emailOf(0), password]],
    sample: { emailAddress: emailOf(1), metadata: { public: { plan: 'pro', odd }, private: {}, unsafe: {} } },
  }
}
