import type { ChangeRow, Collection, Rows, UntoldChange } from '../rows.ts'
import type { Key, Storage, Write } from '../storage.ts'
import { createRowSealer } from './seal-rows.ts'
import type { Sealer } from './sealer.ts'

/** What is gone through, by whom. */
export interface ResealOptions {
  /** The storage as it is kept, of which everything is read; it writes nothing. */
  readonly reader: Storage
  /** The same rows by another connection, sealed by {@link sealer}, which writes. */
  readonly writer: Storage
  readonly sealer: Sealer
  readonly sealsMetadata: boolean
  /** Told how many rows were looked at. */
  readonly onProgress?: ((rows: number) => void) | undefined
}

/** What came of it. */
export interface Resealed {
  /** How many rows were written anew. */
  readonly rows: number
  /** How many changes stay as they are since no history leads to them; they are swept when they are old. */
  readonly unreached: number
}

type Put = Extract<Write, { readonly put: unknown }>

/** How many rows are written beside one another. */
const atOnce = 50

/**
 * Seals everything anew that is not sealed as it would be now, while servers go on. What was sealed already is passed over, so
 * that one that was stopped goes on where it was.
 *
 * @throws Error when changes of which nothing is kept wait to be told, and no server does so
 */
export async function reseal(options: ResealOptions): Promise<Resealed> {
  const { reader, writer, sealer, sealsMetadata, onProgress } = options
  const rows = createRowSealer(sealer, () => sealsMetadata)
  const total = { rows: 0, unreached: 0 }
  const users = new Set<string>()
  const untoldOf = createUntold(writer)
  let seen = 0
  for await (const writes of reader.dump()) {
    const stale = writes.flatMap((write) =>
      'put' in write && rows.isStale(write.put, write.row) ? [keyOf(write)] : [],
    )
    const changed = writes.flatMap((write) =>
      'append' in write && !users.has(write.append.userId) && rows.isStaleChange(write.append) ? [write.append] : [],
    )
    for (let start = 0; start < stale.length; start += atOnce) {
      const written = await Promise.all(stale.slice(start, start + atOnce).map((key) => rewrite(writer, key)))
      total.rows += written.filter(Boolean).length
    }
    for (const change of changed) {
      if (users.has(change.userId)) continue
      users.add(change.userId)
      total.rows += await rewriteChanges(writer, change.userId, untoldOf)
    }
    for (const change of changed) if (!(await isKept(writer, change))) total.unreached++
    seen += writes.length
    onProgress?.(seen)
  }
  return total
}

function keyOf({ put, row }: Put): Key {
  return { collection: put, id: row.id }
}

/** Writes a row as it is by now. */
function rewrite(writer: Storage, key: Key): Promise<boolean> {
  return writer.transact({
    reads: [key],
    isPatient: true,
    decide(rows) {
      const row = rows.get(key.collection, key.id) as Rows[Collection] | undefined
      return { writes: row ? [{ put: key.collection, row } as Write] : [], result: row !== undefined }
    },
  })
}

/** How long servers are given to tell of what is untold, in milliseconds, and how often it is looked for. */
const longestTelling = 3_000
const tellingPause = 50

declare const setTimeout: (run: () => void, milliseconds: number) => void

/**
 * Gives what is untold of a user. Servers that run tell it soon, which is waited for, since it would be told twice otherwise;
 * where none has done so once, none runs.
 */
function createUntold(storage: Storage): (userId: string) => Promise<ReadonlyMap<number, UntoldChange>> {
  let left = longestTelling
  return async (userId) => {
    for (;;) {
      const all = await storage.listUntold(1_000_000)
      const own = all.filter((change) => change.userId === userId)
      if (own.length === 0 || left <= 0) return new Map(own.map((change) => [change.version, change]))
      await new Promise<void>((resolve) => setTimeout(resolve, tellingPause))
      left -= tellingPause
    }
  }
}

/** Writes the changes of a user in the place of themselves; gives how many there are. */
async function rewriteChanges(
  writer: Storage,
  userId: string,
  untoldOf: ReturnType<typeof createUntold>,
): Promise<number> {
  const key = { collection: 'users', id: userId } as const
  for (;;) {
    const before = await writer.find(key.collection, userId)
    const untold = await untoldOf(userId)
    const kept = await writer.listChanges(userId, { limit: 1_000_000 })
    const changes = kept.map((change) => {
      const { untold: toTell } = untold.get(change.version) ?? {}
      return toTell ? { ...change, untold: toTell } : change
    })
    // What is kept only to be told would be forgotten untold.
    if ([...untold.keys()].some((version) => !kept.some((change) => change.version === version)))
      throw new Error('changes wait to be told to webhook endpoints: start a server for a while, and run this again')
    const isDone = await writer.transact({
      reads: [key],
      isPatient: true,
      decide(rows) {
        // One that was made meanwhile would be forgotten.
        if (rows.get(key.collection, userId)?.version !== before?.version) return { writes: [], result: false }
        const appends = [...changes].reverse().map((append) => ({ append }))
        return { writes: appends.length > 0 ? [{ forgetChangesOf: userId }, ...appends] : [], result: true }
      },
    })
    if (isDone) return changes.length
  }
}

async function isKept(writer: Storage, { userId, version }: ChangeRow): Promise<boolean> {
  const [found] = await writer.listChanges(userId, { before: version + 1, limit: 1 })
  return found?.version === version
}
