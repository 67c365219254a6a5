import type { PurgeOptions } from '../storage.ts'
import type { MetadataEntries } from './metadata-entries.ts'
import type { SqliteDatabase } from './sqlite-database.ts'

/** How long others may hold up a step, in milliseconds, and how often it is tried again. */
const patience = 30_000
const pause = 50

/** How many pages of the index of parts are merged at once: a few milliseconds. */
const mergedPages = 200

declare const setTimeout: (run: () => void, milliseconds: number) => unknown

/**
 * Leaves nothing of what was deleted in the files of a database: the log of entries keeps values that were indexed and the
 * index of parts the trigrams of deleted texts until they are merged, free space in pages what stood there, the write-ahead
 * log what was written last. `endReading` ends what is read together in this process, which may have begun between two steps.
 */
export async function purgeDatabase(
  database: SqliteDatabase,
  entries: MetadataEntries,
  { rewrites }: PurgeOptions,
  endReading: () => void,
): Promise<readonly string[]> {
  const whenFree = (work: () => void) =>
    tryUntilFree(() => {
      endReading()
      work()
    })
  await whenFree(() => mergeEntries(database, entries))
  const total = () => Number((database.prepare('SELECT total_changes() AS n').get() as { n: number }).n)
  // Negative: segments of every level are merged into one (https://sqlite.org/fts5.html#the_merge_command).
  for (let begun = `-${mergedPages}`; ; begun = `${mergedPages}`) {
    const before = total()
    await whenFree(() => database.exec(`INSERT INTO user_parts (user_parts, rank) VALUES ('merge', ${begun})`))
    if (total() - before < 2) break
    await new Promise<void>((resolve) => setTimeout(resolve, 0))
  }
  // It has the whole database in a temporary one for a while.
  if (rewrites) await whenFree(() => entries.withoutMemory(() => database.exec('VACUUM')))
  const isEmptied = await emptyLog(database, endReading)
  return [
    ...(rewrites
      ? []
      : ['free pages of the SQLite file hold what was deleted, until they are used again or VACUUM runs']),
    ...(isEmptied
      ? []
      : ['the write-ahead log of the SQLite file is in use: it holds what was written last, until it is full']),
  ]
}

function mergeEntries(database: SqliteDatabase, entries: MetadataEntries): void {
  database.exec('BEGIN IMMEDIATE')
  try {
    entries.begin()
    entries.mergeAll()
    database.exec('COMMIT')
  } catch (error) {
    entries.forget()
    database.exec('ROLLBACK')
    throw error
  }
}

/** Moves the write-ahead log into the database and makes it empty; false where others read it all the time. */
async function emptyLog(database: SqliteDatabase, endReading: () => void): Promise<boolean> {
  for (const end = Date.now() + patience; ; ) {
    endReading()
    const { busy } = database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number }
    if (busy === 0) return true
    if (Date.now() > end) return false
    await new Promise<void>((resolve) => setTimeout(resolve, pause))
  }
}

/** Does something once no other process writes. */
async function tryUntilFree(work: () => void): Promise<void> {
  for (const end = Date.now() + patience; ; ) {
    try {
      work()
      return
    } catch (error) {
      // SQLITE_BUSY, and why.
      const isBusy = (((error as { errcode?: number }).errcode ?? 0) & 0xff) === 5
      if (!isBusy || Date.now() > end) throw error
    }
    await new Promise<void>((resolve) => setTimeout(resolve, pause))
  }
}
