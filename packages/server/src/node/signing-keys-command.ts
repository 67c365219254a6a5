import { createPublicKey } from 'node:crypto'
import type { JsonObject } from '@acme/schema'
import { signingKid } from '../auth/keyring.ts'
import { createSigningKey } from '../auth/session-token.ts'
import { instanceIdOf } from '../create-server.ts'
import { instanceId } from '../domain/instance-id.ts'
import { rotateSigningKey, type SigningKeyRotation } from '../domain/keys/rotate-signing-key.ts'
import { publishedKeys, signingKeyAt, signingKeysOf } from '../domain/keys/signing-keys.ts'
import type { InstanceRow, SigningKeyRow } from '../storage/rows.ts'
import type { Storage } from '../storage/storage.ts'

/**
 * Has another key sign session tokens, and gives what to print.
 *
 * @throws Error where servers sign by a key of the environment
 */
export async function rotateSigning(storage: Storage, row: InstanceRow, rotation: SigningKeyRotation): Promise<string> {
  if (process.env['ACME_SIGNING_KEY']) {
    throw new Error(
      'ACME_SIGNING_KEY is set, by which servers sign instead: give all of them the new key as ACME_VERIFICATION_KEY ' +
        'first, then as ACME_SIGNING_KEY with the old one as ACME_VERIFICATION_KEY, for a day',
    )
  }
  const first = instanceIdOf(row)
  const key = await createSigningKey()
  const made = { kid: await signingKid(first, key), key: key as JsonObject }
  const now = Date.now()
  const keys = await storage.transact(
    rotateSigningKey({ collection: 'instances', id: instanceId }, made, first, now, rotation),
  )
  const pem = createPublicKey({ key: key as never, format: 'jwk' }).export({ type: 'spki', format: 'pem' })
  return `${describe(keys, now)}\nWhoever verifies tokens by a key in PEM needs this one from then on:\n\n${pem}`
}

/** Lists the keys that sign and verify session tokens. */
export function listSigning(row: InstanceRow): string {
  return describe(signingKeysOf(row, instanceIdOf(row)), Date.now())
}

function describe(keys: readonly SigningKeyRow[], now: number): string {
  const signing = signingKeyAt(keys, now)
  return publishedKeys(keys, now)
    .map((one) => {
      const does = one === signing ? 'signs' : one.signsFrom > now ? `signs from ${minute(one.signsFrom)}` : 'verifies'
      const until = one.until === null ? '' : `, published until ${minute(one.until)}`
      return `${one.kid}  ${does}${until}\n`
    })
    .join('')
}

/** Writes a time to the minute, in UTC. */
export function minute(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16)}Z`
}
