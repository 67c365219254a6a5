import type { Storage } from '../storage/storage.ts'
import { type AcceptedKey, secretKeyId } from './secret-key.ts'

/** How often it is written down that a key is used, in milliseconds. */
const interval = 60_000

/**
 * Makes what notes when each key was used last. It is written beside the requests, which neither wait for it nor fail by
 * it, and at most once a minute for each key, by whichever process comes first.
 */
export function createKeyUses(
  storage: Storage,
  clock: () => number,
  report: (cause: unknown) => void,
): (key: AcceptedKey) => void {
  const noted = new Map<string, number>()
  return ({ digest, isStored }) => {
    const now = clock()
    if (!isStored || Math.abs(now - (noted.get(digest) ?? Number.NEGATIVE_INFINITY)) < interval) return
    noted.set(digest, now)
    const id = secretKeyId(digest)
    storage
      .transact({
        reads: [{ collection: 'secretKeyUses', id }],
        isPatient: true,
        decide(rows) {
          const known = rows.get('secretKeyUses', id)
          const isCurrent = known !== undefined && Math.abs(now - known.lastUsedAt) < interval
          return {
            writes: isCurrent ? [] : [{ put: 'secretKeyUses', row: { id, lastUsedAt: now } }],
            result: undefined,
          }
        },
      })
      .catch(report)
  }
}
