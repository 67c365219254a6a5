import type { Collection, Rows } from './rows.ts'
import type { Key, Snapshot, Transaction } from './storage.ts'

/** Makes the snapshot of all that a transaction needs, which it names in one step or in two. */
export function snapshotFor(
  { reads, follow }: Transaction<unknown>,
  read: <C extends Collection>(collection: C, id: string) => Rows[C] | undefined,
): Snapshot {
  const first = snapshotOf(reads, read)
  return follow ? snapshotOf([...reads, ...follow(first)], read) : first
}

/** Thrown for a row that a transaction asks for and did not name. */
export class UnreadKey extends TypeError {
  override name = 'UnreadKey'
  readonly key: Key

  constructor(key: Key) {
    super(`the transaction does not name ${key.collection}/${key.id}`)
    this.key = key
  }
}

/** Makes the snapshot of a transaction from a way to read rows; a key that was not named throws. */
export function snapshotOf(
  reads: readonly Key[],
  read: <C extends Collection>(collection: C, id: string) => Rows[C] | undefined,
): Snapshot {
  return {
    get(collection, id) {
      if (!reads.some((key) => key.collection === collection && key.id === id))
        throw new UnreadKey({ collection, id } as Key)
      return read(collection, id)
    },
  }
}
