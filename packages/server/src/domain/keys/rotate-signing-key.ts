import type { JsonObject } from '@acme/schema'
import type { InstanceRow, SigningKeyRow } from '../../storage/rows.ts'
import type { Key, Transaction } from '../../storage/storage.ts'
import { allTemplates } from '../claims/jwt-templates.ts'
import { publishedKeys, signingKeysOf } from './signing-keys.ts'

/** How a key takes the place of the one that signs. Times are in milliseconds. */
export interface SigningKeyRotation {
  /**
   * For how long the new key is published before it signs, so that whoever keeps the keys for a while has it by then.
   *
   * @default 600_000, 10 minutes
   */
  readonly lead?: number | undefined
  /**
   * For how long the old one is published after it has signed for the last time. Never for less than a token by a template
   * lives.
   *
   * @default 86_400_000, a day
   */
  readonly keep?: number | undefined
  /** Publishes and uses the new key alone, at once: for when somebody else has the old one. @default false */
  readonly dropsOld?: boolean | undefined
}

const defaults = { lead: 600_000, keep: 86_400_000 }

/** A new key, under a name that no other has. */
export interface NewSigningKey {
  readonly kid: string
  readonly key: JsonObject
}

/**
 * Plans to sign session tokens by another key, and gives the keys there are from then on, the oldest first. A key that has
 * signed stays published, so that what it has signed is good until it ends.
 */
export function rotateSigningKey(
  instance: Key & { readonly collection: 'instances' },
  { kid, key }: NewSigningKey,
  firstKid: string,
  now: number,
  { lead = defaults.lead, keep = defaults.keep, dropsOld = false }: SigningKeyRotation = {},
): Transaction<readonly SigningKeyRow[]> {
  return {
    reads: [instance, allTemplates],
    decide(rows) {
      const row = rows.get('instances', instance.id)
      if (!row) throw new TypeError('there is no instance')
      const lifetimes = (rows.get(allTemplates.collection, allTemplates.id)?.templates ?? []).map(
        ({ lifetime, allowedClockSkew }) => (lifetime + allowedClockSkew) * 1_000,
      )
      const signsFrom = dropsOld ? now : now + lead
      const until = signsFrom + Math.max(keep, ...lifetimes)
      const kept = dropsOld ? [] : publishedKeys(signingKeysOf(row, firstKid), now)
      const old = kept.map((one) => (one.until === null ? { ...one, until } : one))
      const signingKeys = [...old, { kid, key, signsFrom, until: null }]
      // The one member that every version reads.
      const next: InstanceRow = { ...row, signingKey: key, signingKeys }
      return { writes: [{ put: 'instances', row: next }], result: signingKeys }
    },
  }
}
