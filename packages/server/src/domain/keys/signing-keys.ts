import type { InstanceRow, SigningKeyRow } from '../../storage/rows.ts'

/** The keys that sign and verify session tokens, the oldest first. The last one has no end. */
export function signingKeysOf(row: InstanceRow, instanceId: string): readonly SigningKeyRow[] {
  const { signingKeys, signingKey, createdAt } = row
  return signingKeys ?? [{ kid: instanceId, key: signingKey, signsFrom: createdAt, until: null }]
}

/** Those of them that are published at a time: what one of them has signed is good. */
export function publishedKeys(keys: readonly SigningKeyRow[], now: number): readonly SigningKeyRow[] {
  return keys.filter(({ until }) => until === null || until > now)
}

/** The one that signs at a time: the latest whose time has come. */
export function signingKeyAt(keys: readonly SigningKeyRow[], now: number): SigningKeyRow {
  const [first, ...others] = publishedKeys(keys, now)
  const due = others.filter(({ signsFrom }) => signsFrom <= now).at(-1) ?? first
  if (!due) throw new TypeError('an instance has a key that signs')
  return due
}
