import { fault } from '../domain/fault.ts'
import { digest, equalDigests } from './digest.ts'

/**
 * Finds out who calls the Backend API: gives the digest of the secret key.
 *
 * @throws Fault 401
 */
export async function authenticateSecretKey(request: Request, digests: readonly string[]): Promise<string> {
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
  const given = await digest(key)
  // Every one is compared, so that the time does not tell which came close.
  const matches = digests.filter((known) => equalDigests(known, given))
  if (matches.length === 0) {
    throw fault(
      401,
      'clerk_key_invalid',
      'The provided secret key is invalid',
      'The secret key is not one of this instance.',
    )
  }
  return given
}
