import { fault } from '../domain/fault.ts'
import { digest, equalDigests } from './digest.ts'
import { keyAge, type SecretKeys, unknownKeyAge } from './secret-keys.ts'
import { voucherOf } from './vouched-requests.ts'

/** Names a secret key by a part of its digest: in the history of users, and to who lists or revokes keys. */
export function secretKeyId(digest: string): string {
  return digest.slice(0, 12)
}

/**
 * Finds out who calls the Backend API: gives the digest of the secret key.
 *
 * @throws Fault 401
 */
export async function authenticateSecretKey(request: Request, keys: SecretKeys): Promise<string> {
  const given = voucherOf(request)?.keyDigest ?? (await digest(readSecretKey(request)))
  await assertSecretKey(given, keys)
  return given
}

/** Refuses a digest of a key that is none of the instance. @throws Fault 401 */
export async function assertSecretKey(given: string, keys: SecretKeys): Promise<void> {
  if (await isSecretKeyKnown(given, keys)) return
  throw fault(
    401,
    'clerk_key_invalid',
    'The provided secret key is invalid',
    'The secret key is not one of this instance.',
  )
}

/** Whether a digest is that of a key which is accepted. */
export async function isSecretKeyKnown(given: string, keys: SecretKeys): Promise<boolean> {
  return isAmong(await keys.digests(keyAge), given) || isAmong(await keys.digests(unknownKeyAge), given)
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
function isAmong(digests: readonly string[], given: string): boolean {
  return digests.filter((known) => equalDigests(known, given)).length > 0
}
