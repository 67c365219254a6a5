import { fault } from '../domain/fault.ts'
import type { SecretKeyNote } from '../storage/rows.ts'
import { digest, equalDigests } from './digest.ts'
import { keyAge, type Recent, unknownKeyAge } from './recent.ts'
import { voucherOf } from './vouched-requests.ts'

/** A secret key that is accepted. */
export interface AcceptedKey {
  readonly digest: string
  /** What it may be used for; undefined where it opens everything. */
  readonly scopes?: SecretKeyNote['scopes']
  /** Whether the storage knows it, and not only this process. */
  readonly isStored: boolean
}

/** Names a secret key by a part of its digest: in the history of users, and to who lists or revokes keys. */
export function secretKeyId(digest: string): string {
  return digest.slice(0, 12)
}

/**
 * Finds out who calls the Backend API: gives the secret key.
 *
 * @throws Fault 401
 */
export async function authenticateSecretKey(
  request: Request,
  keys: Recent<readonly AcceptedKey[]>,
): Promise<AcceptedKey> {
  const given = voucherOf(request)?.keyDigest ?? digest(readSecretKey(request))
  return assertSecretKey(typeof given === 'string' ? given : await given, keys)
}

/** Gives the key of a digest. @throws Fault 401 for one that is none of the instance */
export async function assertSecretKey(given: string, keys: Recent<readonly AcceptedKey[]>): Promise<AcceptedKey> {
  const found = await findSecretKey(given, keys)
  if (found) return found
  throw fault(
    401,
    'clerk_key_invalid',
    'The provided secret key is invalid',
    'The secret key is not one of this instance.',
  )
}

/** Finds the key of a digest among those that are accepted. */
export async function findSecretKey(
  given: string,
  keys: Recent<readonly AcceptedKey[]>,
): Promise<AcceptedKey | undefined> {
  const known = keys.get(keyAge)
  return findKey(known instanceof Promise ? await known : known, given) ?? findKey(await keys.get(unknownKeyAge), given)
}

function readSecretKey(request: Request): string {
  const header = request.headers.get('authorization')
  if (header === null) {
    throw fault(
      401,
      'authentication_invalid',
      'Invalid authentication',
      'Send the secret key as Authorization: Bearer sk_…',
    )
  }
  const key = /^Bearer (\S+)$/i.exec(header)?.[1]
  if (key === undefined) {
    const long = 'The Authorization header has the form: Bearer sk_…'
    throw fault(401, 'authorization_header_format_invalid', 'Invalid Authorization header format', long)
  }
  return key
}

/** Compares every one, so that the time does not tell which came close. */
function findKey(keys: readonly AcceptedKey[], given: string): AcceptedKey | undefined {
  return keys.filter(({ digest: known }) => equalDigests(known, given))[0]
}
