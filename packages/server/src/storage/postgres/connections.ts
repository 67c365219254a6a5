import { Socket } from 'node:net'
import { type Attempt, inTime } from './in-time.ts'
import type { Sql } from './sql.ts'

/** A number of connections to a database, each opened when it is needed first. */
export interface Connections {
  /**
   * Does work on the connection on which least is under way; what takes longer than the limit, in milliseconds, is given
   * up together with its connection.
   */
  use<Result>(limit: number, work: (sql: Sql, attempt: Attempt) => Promise<Result>): Promise<Result>
  /** Opens one for whoever has to keep it, and closes it afterwards. */
  open(): Sql
  /** Closes them, once what is under way is done or so many seconds have passed. */
  end(timeout: number): Promise<void>
}

/** What the driver is given for one connection. */
export interface ConnectionEvents {
  socket(): Socket
  onclose(): void
}

interface Slot {
  sql: Sql | undefined
  underWay: number
}

/** Why what was left for a connection that has ended is not sent, by the driver's own word for it. */
function usedUp(): Error {
  return Object.assign(new Error('a connection is used once'), { code: 'CONNECTION_ENDED' })
}

/**
 * Makes connections that are used until they end, and never again: the driver's own pool connects one anew that has
 * ended, and what was given to it in the moment between (the ROLLBACK of a transaction, say) is then taken for
 * answered by the answer to what comes next, so that whoever asks is told what another has asked.
 */
export function createConnections(
  size: number,
  dial: () => Socket,
  connect: (events: ConnectionEvents) => Sql,
): Connections {
  const slots = Array.from({ length: size }, (): Slot => ({ sql: undefined, underWay: 0 }))

  function open(slot: Slot): Sql {
    if (slot.sql) return slot.sql
    let isDialed = false
    const sql: Sql = connect({
      socket() {
        const socket = isDialed ? new Socket() : dial()
        // Once the driver listens to it.
        if (isDialed) setImmediate(() => socket.destroy(usedUp()))
        isDialed = true
        return socket
      },
      onclose: () => drop(slot, sql),
    })
    slot.sql = sql
    return sql
  }

  /** Gives a connection up; what waits on it fails. */
  function drop(slot: Slot, sql: Sql): void {
    if (slot.sql === sql) slot.sql = undefined
    sql.end({ timeout: 0 }).catch(() => {})
  }

  return {
    open: () => open({ sql: undefined, underWay: 0 }),

    async use(limit, work) {
      const slot = slots.reduce((least, one) => (one.underWay < least.underWay ? one : least))
      const sql = open(slot)
      const attempt: Attempt = { isLate: false }
      slot.underWay++
      try {
        return await inTime(limit, attempt, () => work(sql, attempt))
      } finally {
        slot.underWay--
        if (attempt.isLate) drop(slot, sql)
      }
    },

    async end(timeout) {
      await Promise.all(slots.map(({ sql }) => sql?.end({ timeout })))
    },
  }
}
