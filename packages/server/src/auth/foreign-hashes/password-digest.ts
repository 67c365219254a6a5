import { readArgon2Hash } from './argon2-hash.ts'
import { readBcryptHash } from './bcrypt-hash.ts'
import type { FirebaseParameters } from './firebase-hash.ts'
import { firebaseHash, readFirebaseHash } from './firebase-hash.ts'
import type { ForeignHash } from './foreign-hash.ts'
import { readForeignHash } from './foreign-hash.ts'
import { readScryptHash } from './scrypt-hash.ts'

/** Why a digest is not taken. */
export interface DigestRefusal {
  readonly code: 'password_hasher_unknown' | 'password_digest_invalid' | 'password_digest_too_costly'
  /** In words for whoever brought it; never the digest. */
  readonly message: string
}

/** A digest as it is kept, or why it is not. */
export type DigestReading = { readonly hash: string } | { readonly refusal: DigestRefusal }

interface Hasher {
  read(hash: string): ForeignHash | undefined
  /** Makes of the form in which it comes the one in which it is kept. */
  toHash?(digest: string): string
  readonly form: string
}

/** The hashers that are known, by Clerk's names. */
const hashers: Readonly<Record<string, Hasher>> = {
  bcrypt: { read: readBcryptHash, form: '$2b$<cost>$<salt and hash>' },
  argon2i: { read: (hash) => (hash.startsWith('$argon2i$') ? readArgon2Hash(hash) : undefined), form: 'a PHC string' },
  argon2id: {
    read: (hash) => (hash.startsWith('$argon2id$') ? readArgon2Hash(hash) : undefined),
    form: 'a PHC string',
  },
  scrypt_werkzeug: {
    read: (hash) => (hash.startsWith('scrypt:') ? readScryptHash(hash) : undefined),
    form: 'scrypt:<N>:<r>:<p>$<salt>$<hash in hexadecimal>',
  },
  scrypt_firebase: {
    read: readFirebaseHash,
    toHash: fromClerksFirebaseForm,
    form: '<hash>$<salt>$<signer key>$<salt separator>$<rounds>$<memory cost>',
  },
}

/** The names of the hashers, for messages. */
export const hasherNames: readonly string[] = Object.keys(hashers)

/** Reads a digest and the name that Clerk gives to what made it. */
export function readPasswordDigest(hasher: string, digest: string): DigestReading {
  const known = Object.hasOwn(hashers, hasher) ? hashers[hasher] : undefined
  if (!known)
    return { refusal: { code: 'password_hasher_unknown', message: `is not one of ${hasherNames.join(', ')}` } }
  const hash = known.toHash ? known.toHash(digest) : digest
  return judge(hash, known.read(hash), `is no digest of ${hasher}: ${known.form}`)
}

/** Reads a digest that says itself what made it. */
export function readSelfDescribingDigest(digest: string): DigestReading {
  const name = /^\$?([a-z][a-z\d_-]{0,20})[$:]/i.exec(digest)?.[1]
  const unknown = `is of a form that is not known${name ? ` (${name})` : ''}`
  const foreign = readForeignHash(digest)
  if (!foreign) return { refusal: { code: 'password_hasher_unknown', message: unknown } }
  return judge(digest, foreign, unknown)
}

/** Reads what Firebase exports of a password. */
export function readFirebaseDigest(parameters: FirebaseParameters, salt: string, passwordHash: string): DigestReading {
  const hash = firebaseHash(parameters, salt, passwordHash)
  return judge(hash, readFirebaseHash(hash), "is no hash of Firebase's scrypt with the parameters of the project")
}

function judge(hash: string, foreign: ForeignHash | undefined, invalid: string): DigestReading {
  if (!foreign) return { refusal: { code: 'password_digest_invalid', message: invalid } }
  const { excess } = foreign
  if (excess !== undefined) return { refusal: { code: 'password_digest_too_costly', message: excess } }
  return { hash }
}

function fromClerksFirebaseForm(digest: string): string {
  const [hash = '', salt = '', signerKey = '', saltSeparator = '', rounds, memoryCost, more] = digest.split('$')
  if (more !== undefined || !/^\d{1,5}$/.test(rounds ?? '') || !/^\d{1,2}$/.test(memoryCost ?? '')) return ''
  return firebaseHash({ signerKey, saltSeparator, rounds: Number(rounds), memoryCost: Number(memoryCost) }, salt, hash)
}
