import type { Sql } from './sqlite-database.ts'

/** One transaction for all that is read in one turn of the event loop: to begin one costs more than to read a row. */
export interface SharedRead {
  /** Makes what is read from now on a part of it, until the turn is over. */
  begin(): void
  /** Ends it before the turn does, for whoever writes or closes the database. */
  end(): void
}

declare const setImmediate: (run: () => void) => void

/**
 * Ends a transaction in which nothing was written but what is this connection's alone, and that stays; where it cannot, it is
 * lost.
 */
export function endRead(sql: Sql, whenLost: () => void): void {
  try {
    sql('COMMIT').run()
  } catch {
    // Of a database that fails, whoever asks next is told, and not that this is still open.
    try {
      sql('ROLLBACK').run()
    } catch {}
    whenLost()
  }
}

/** Makes the shared reads of a database. */
export function createSharedRead(sql: Sql, whenLost: () => void): SharedRead {
  let isOpen = false

  function end(): void {
    if (!isOpen) return
    isOpen = false
    endRead(sql, whenLost)
  }

  return {
    begin() {
      if (isOpen) return
      sql('BEGIN').run()
      isOpen = true
      setImmediate(end)
    },
    end,
  }
}
