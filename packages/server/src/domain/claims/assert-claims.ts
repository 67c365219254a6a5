import { assertClaims, type ClaimPaths, claimsLimit, readClaim } from '@acme/schema'
import type { MetadataSchemasRow } from '../../storage/rows.ts'
import { fault } from '../fault.ts'
import { largestSize } from './largest-size.ts'

/**
 * Refuses claims that no token could carry: of what the front end may not read, from where nothing can stand, and, unless
 * they are allowed to, those that can become larger than a token has room for.
 *
 * @throws Fault 422 `claim_invalid`, `claims_too_large`
 */
export function assertUsableClaims(
  claims: ClaimPaths,
  schemas: MetadataSchemasRow['schemas'],
  mayBeLarge: boolean,
): void {
  assertClaims(claims)
  const sizes: [text: string, bytes: number][] = []
  for (const [name, path] of Object.entries(claims)) {
    const { kind, path: keys } = readClaim(name, path)
    const size = largestSize(schemas[kind] ?? {}, keys)
    if (size === 0) {
      const long = `The claim "${name}" was refused: by its schema nothing can stand at "${path}".`
      throw fault(422, 'claim_invalid', 'leads nowhere', long, { param_name: 'claims', claim: name, path })
    }
    // With the quotes, a colon and a comma.
    sizes.push([`${name} (${path}) ${Number.isFinite(size) ? size : 'without bound'}`, size + name.length + 4])
  }
  const bytes = sizes.reduce((sum, [, size]) => sum + size, 2)
  if (mayBeLarge || bytes <= claimsLimit) return
  const list = sizes.sort(([, one], [, other]) => other - one).map(([text]) => text)
  const long =
    `The claims can come to more than ${claimsLimit} bytes of a token: ${list.join(', ')}. Bound them in the schema ` +
    '(enum, maxLength, maxItems), or allow it: what has no room is left out then, and named by claims_omitted.'
  const meta = { param_name: 'claims', limit: claimsLimit, bytes: Number.isFinite(bytes) ? bytes : null }
  throw fault(422, 'claims_too_large', 'can become too large', long, meta)
}
