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

/** Up to how many rows are looked for one by one. */
const fewReads = 16

function nameOf({ collection, id }: Key): string {
  return `${collection}/${id}`
}

/** Makes the snapshot of a transaction from a way to read rows; a key that was not named throws. */
export function snapshotOf(
  reads: readonly Key[],
  read: <C extends Collection>(collection: C, id: string) => Rows[C] | undefined,
): Snapshot {
  // Few transactions name many rows, and those look each of them up.
  const names = reads.length > fewReads ? new Set(reads.map(nameOf)) : undefined
  const isNamed = (one: Key) =>
    names ? names.has(nameOf(one)) : reads.some((key) => key.collection === one.collection && key.id === one.id)
  return {
    get(collection, id) {
      if (!isNamed({ collection, id } as Key)) throw new UnreadKey({ collection, id } as Key)
      return read(collection, id)
    },
  }
}
