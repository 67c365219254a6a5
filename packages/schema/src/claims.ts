import { AcmeError } from './errors.ts'
import { canRead, type Kind, kinds } from './visibility.ts'

/** Which values of a user's metadata a session token carries: paths such as `public.plan`, by the names of the claims. */
export type ClaimPaths = { readonly [name: string]: string }

/** Where a claim is read from. */
export interface ClaimSource {
  readonly kind: Kind
  /** The keys from the metadata object inward. */
  readonly path: readonly string[]
}

/** The most that claims may take in a token, in bytes of JSON: browsers keep no cookie above 4,096, of which the token has to leave some. */
export const claimsLimit = 1_200

/** How many claims there may be. */
export const claimsCount = 20

/** What a session token says of itself, by JWT (RFC 7519), by Clerk's session tokens, and by ours. */
const reserved =
  /^(?:iss|sub|aud|exp|nbf|iat|jti|azp|sid|sts|fva|fea|pla|o|v|act|org_(?:id|slug|role|permissions)|uv|claims_omitted)$/

/** Whether a name has a meaning of its own in session tokens: no claim of an app's has it. */
export function isReservedClaim(name: string): boolean {
  return reserved.test(name)
}

/** The form of a claim's name: short, since every request carries it. */
const nameForm = /^[A-Za-z][A-Za-z0-9_]{0,39}$/

/**
 * Reads where a claim comes from.
 *
 * @throws {@link AcmeError} `claim_invalid` for a name that is taken or of another form, a path that leads nowhere, and
 * one into what the front end may not read: whoever holds a token can read it.
 */
export function readClaim(name: string, path: unknown): ClaimSource {
  if (!nameForm.test(name)) {
    throw refuse(name, 'a name is 40 letters, digits and _ at most, and begins with a letter')
  }
  if (isReservedClaim(name)) throw refuse(name, 'the name has a meaning in session tokens')
  const [first, ...keys] = typeof path === 'string' ? path.split('.') : []
  const kind = kinds.find((one) => one === first)
  const shown = typeof path === 'string' ? `"${path.slice(0, 200)}"` : 'what was given'
  if (!kind || keys.length === 0 || keys.includes('')) {
    throw refuse(name, `${shown} is no path such as public.plan`)
  }
  if (!canRead('frontend', kind)) {
    throw refuse(name, `${shown} is not the frontend's to read, and whoever holds a token can read it`)
  }
  return { kind, path: keys }
}

/** Checks every claim of a definition. @throws AcmeError `claim_invalid` */
export function assertClaims(claims: ClaimPaths): void {
  const entries = Object.entries(claims)
  if (entries.length > claimsCount)
    throw refuse(entries[claimsCount]?.[0] ?? '', `there are ${claimsCount} claims at most`)
  for (const [name, path] of entries) readClaim(name, path)
}

function refuse(name: string, why: string): AcmeError {
  return new AcmeError({ code: 'claim_invalid', message: `The claim "${name.slice(0, 40)}" was refused: ${why}.` })
}
