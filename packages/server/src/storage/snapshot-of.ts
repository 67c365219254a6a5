import type { Collection, Rows } from './rows.ts'
import type { Key, Snapshot, Transaction } from './storage.ts'

/** Makes the snapshot of all that a transaction needs, which it names in one step or in two. */
export function snapshotFor({ reads, follow }: Transaction<unknown>, read: Read): Snapshot {
  const once = readingOnce(read)
  const first = snapshotOf(reads, once)
  return follow ? snapshotOf([...reads, ...follow(first)], once) : first
}

/** Reads each row once: a transaction asks for most of them more than once, and they are as they are. */
function readingOnce(read: Read): Read {
  const known = new Map<string, unknown>()
  return <C extends Collection>(collection: C, id: string) => {
    const key = nameOf({ collection, id } as Key)
    const row = known.get(key)
    if (row !== undefined || known.has(key)) return row as Rows[C] | undefined
    const found = read(collection, id)
    known.set(key, found)
    return found
  }
}

type Read = <C extends Collection>(collection: C, id: string) => Rows[C] | undefined

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
export function snapshotOf(reads: readonly Key[], read: Read): Snapshot {
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
