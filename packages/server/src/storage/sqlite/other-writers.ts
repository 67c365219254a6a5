import type { Sql } from './sqlite-database.ts'

/** Whether other connections, of this process or another, have written the database. */
export interface OtherWriters {
  /** Looks once in a turn of the event loop. */
  look(): void
  /** Looks now, for a transaction that has begun. */
  lookNow(): void
}

declare const setImmediate: (run: () => void) => void

/** Makes the look for other writers, which calls back where there were any since the last one: it costs less than to read a row. */
export function createOtherWriters(sql: Sql, whenWritten: () => void): OtherWriters {
  let version: number | undefined
  let hasLooked = false

  function lookNow(): void {
    // It stays the same whatever this connection writes.
    const { data_version: now } = sql('PRAGMA data_version').get() as { data_version: number }
    if (now !== version) whenWritten()
    version = now
  }

  return {
    look() {
      if (hasLooked) return
      lookNow()
      hasLooked = true
      setImmediate(() => {
        hasLooked = false
      })
    },
    lookNow,
  }
}
