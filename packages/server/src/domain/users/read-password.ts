import type { UpdateUserBody } from '@acme/schema/wire'
import { readPasswordDigest } from '../../auth/foreign-hashes/password-digest.ts'
import type { Deps } from '../deps.ts'
import { paramFault } from '../fault.ts'
import { assertPassword } from './user-fields.ts'

/**
 * Makes what is kept of the password of a body: the hash of one that is given as it is, or a digest that another product
 * made, which is replaced at the first sign-in. Undefined where there is none.
 *
 * @throws Fault 422
 */
export async function readPassword(
  deps: Deps,
  body: Pick<UpdateUserBody, 'password' | 'password_digest' | 'password_hasher' | 'skip_password_checks'>,
): Promise<string | undefined> {
  const { password, password_digest: digest, password_hasher: hasher } = body
  if (digest === undefined && hasher === undefined) {
    if (password !== undefined && !body.skip_password_checks) await assertPassword(deps, password)
    return password === undefined ? undefined : deps.passwords.hash(password)
  }
  if (digest === undefined || hasher === undefined) {
    const missing = digest === undefined ? 'password_digest' : 'password_hasher'
    throw paramFault(missing, 'form_param_missing', 'is missing', 'Give password_digest and password_hasher together.')
  }
  if (password !== undefined) {
    throw paramFault('password', 'form_param_value_invalid', 'is given twice', 'Give password or password_digest.')
  }
  const reading = readPasswordDigest(hasher, digest)
  if ('hash' in reading) return reading.hash
  const { code, message } = reading.refusal
  if (code === 'password_hasher_unknown') throw paramFault('password_hasher', 'form_param_value_invalid', message)
  throw paramFault('password_digest', 'form_password_digest_invalid', 'is invalid', `password_digest: ${message}.`)
}
