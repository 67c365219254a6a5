import { isPlainText } from '@acme/schema'
import type { Deps } from '../deps.ts'
import { paramFault } from '../fault.ts'

/** Reads a name: null and '' clear it. */
export function readName(param: string, value: string | null): string | null {
  return readText(param, value || null, 256)
}

/** Reads a username: 3 to 64 letters, digits, `_`, `-` or `.`; null and '' clear it. */
export function readUsername(value: string | null): string | null {
  if (!value) return null
  if (!/^[\w.-]{3,64}$/.test(value)) {
    const long = 'A username has 3 to 64 letters, digits, underscores, hyphens or dots.'
    throw paramFault('username', 'form_param_format_invalid', 'is invalid', long)
  }
  return value
}

/** Reads an external id; null and '' clear it. */
export function readExternalId(value: string | null): string | null {
  return readText('external_id', value || null, 256)
}

/** Reads an e-mail address (the useful part of RFC 5321: one @, a dotted host, 254 characters). */
export function readEmailAddress(value: string): string {
  if (
    value.length > 254 ||
    !/^[^\s@\p{Cc}\p{Surrogate}]{1,64}@[^\s@.\p{Cc}\p{Surrogate}]+(\.[^\s@.\p{Cc}\p{Surrogate}]+)+$/u.test(value)
  ) {
    throw paramFault(
      'email_address',
      'form_param_format_invalid',
      'is invalid',
      'The e-mail address must be a valid one.',
    )
  }
  return value
}

/** Checks a password: 8 to 256 characters (NIST SP 800-63B asks for 8 at least and for no rules of composition). */
export function checkPassword(password: string, param = 'password'): void {
  const length = [...password].length
  if (length < 8) {
    throw paramFault(
      param,
      'form_password_length_too_short',
      'is too short',
      'Passwords must have 8 or more characters.',
    )
  }
  if (length > 256) {
    throw paramFault(
      param,
      'form_password_length_too_long',
      'is too long',
      'Passwords must have at most 256 characters.',
    )
  }
}

/** Checks a password that somebody chooses, also against those that were stolen elsewhere. @throws Fault 422 */
export async function assertPassword(
  { isBreached, report }: Deps,
  password: string,
  param = 'password',
): Promise<void> {
  checkPassword(password, param)
  // A list that cannot be read keeps nobody out.
  const isKnown = await isBreached?.(password).catch((error: unknown) => {
    report(error)
    return false
  })
  if (!isKnown) return
  const long = 'This password is in a list of stolen ones. For the safety of the account, choose another.'
  throw paramFault(param, 'form_password_pwned', 'was stolen elsewhere', long)
}

function readText(param: string, value: string | null, limit: number): string | null {
  if (value === null) return null
  if (value.length > limit) {
    throw paramFault(
      param,
      'form_param_max_length_exceeded',
      'is too long',
      `${param} has at most ${limit} characters.`,
    )
  }
  if (!isPlainText(value))
    throw paramFault(param, 'form_param_value_invalid', 'is invalid', `${param} holds a character that cannot be kept.`)
  return value
}
