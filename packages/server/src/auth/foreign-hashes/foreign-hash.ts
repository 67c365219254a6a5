import { readArgon2Hash } from './argon2-hash.ts'
import { readBcryptHash } from './bcrypt-hash.ts'
import type { Derivations } from './derivations.ts'
import { readFirebaseHash } from './firebase-hash.ts'
import { readScryptHash } from './scrypt-hash.ts'

/** A hash that another product made of a password. */
export interface ForeignHash {
  /** What of it costs more than anybody who tries a password may have the server do; such a hash is never computed. */
  readonly excess?: string | undefined
  verify(password: string, derivations: Derivations): Promise<boolean>
}

const readers = [readBcryptHash, readArgon2Hash, readScryptHash, readFirebaseHash]

/** Reads a hash of a form that is known: bcrypt, Argon2i and Argon2id, scrypt, and Firebase's scrypt. */
export function readForeignHash(hash: string): ForeignHash | undefined {
  for (const read of readers) {
    const known = read(hash)
    if (known) return known
  }
  return undefined
}
