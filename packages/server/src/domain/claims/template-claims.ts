import type { JsonObject } from '@acme/schema'
import type { JwtTemplateRow, UserRow } from '../../storage/rows.ts'
import { primaryEmailAddress } from '../../storage/user-text.ts'
import { userJson } from '../users/user-json.ts'
import { withinLimit } from './claims-of.ts'
import { fillIn } from './shortcodes.ts'

/** The most that the claims of a template may come to, in bytes of JSON: servers take headers of 16 KB. */
export const templateClaimsLimit = 8_192

/**
 * Makes the claims of a template for a user. It sees of the user what the front end may, and nothing else: whoever holds a
 * token can read it. What would make the token larger than a header is left out and named by `claims_omitted`.
 */
export function templateClaims(template: JwtTemplateRow, user: UserRow, now: number): JsonObject {
  const json = userJson(user, 'frontend', now) as unknown as JsonObject
  const names = [user.firstName, user.lastName].filter((name) => name !== null && name !== '')
  const seconds = (time: number | null) => (time === null ? null : Math.floor(time / 1_000))
  const values = {
    user: {
      ...json,
      full_name: names.join(' ') || null,
      primary_email_address: primaryEmailAddress(user) ?? null,
      primary_phone_number: null,
      email_verified: user.emailAddresses.length > 0,
      phone_number_verified: false,
      ...Object.fromEntries(
        Object.entries(json)
          .filter(([name]) => name.endsWith('_at'))
          .map(([name, time]) => [name, seconds(time as number | null)]),
      ),
    },
  }
  const made = fillIn(template.claims, values as unknown as JsonObject)
  return withinLimit(Object.entries(made as JsonObject), templateClaimsLimit)
}
