import { readJson } from '@acme/schema'
import { isFresh } from '../delivery-query.ts'
import { deliverySql } from '../delivery-sql.ts'
import { createRowParser } from '../row-parser.ts'
import {
  type Collection,
  type InvitationRow,
  overAt,
  type Rows,
  type SessionRow,
  type UserRow,
  type WebhookDeliveryRow,
} from '../rows.ts'
import { snapshotFor } from '../snapshot-of.ts'
import type { Decision, Storage, Transaction, Write } from '../storage.ts'
import { StorageError } from '../storage-error.ts'
import { dumpDatabase } from './dump-database.ts'
import { createMetadataEntries } from './metadata-entries.ts'
import { createOtherWriters } from './other-writers.ts'
import { purgeDatabase } from './purge-database.ts'
import { readMarks } from './read-marks.ts'
import { createSharedRead, endRead } from './shared-read.ts'
import type { Sql, SqliteDatabase, SqliteStatement } from './sqlite-database.ts'
import { openSchema } from './sqlite-schema.ts'
import { tables } from './tables.ts'
import { toStorageError } from './to-storage-error.ts'
import { createTurns } from './turns.ts'
import { createUserChanges } from './user-changes.ts'
import { countUsers, listBounds, listUsers } from './user-lists.ts'
import { createUserTable } from './user-table.ts'

export type { SqliteDatabase, SqliteStatement, SqliteValue } from './sqlite-database.ts'

/** What the storage is made of. */
export interface SqliteStorageOptions {
  /** An open database, for example Node's `new DatabaseSync(path)`. The storage closes it. */
  readonly database: SqliteDatabase
  /** Whether a database of an older version, or a new one, is brought to this one, instead of refused. @default true */
  readonly migrates?: boolean | undefined
}

/** How many rows of a table a sweep deletes at the most: a few milliseconds. */
const sweepSize = 1_000

/** How long a transaction waits for another process to let go of the database, in milliseconds, and how often it asks. */
const busyLimit = 2_000
const busyPause = 20

/** How long a patient transaction waits for others at the most, in milliseconds. */
const patience = 5

/** How many rows patient transactions may read that come along with others, at the least and for each of those. */
const readsAlong = 12
const readsAlongEach = 4

interface Waiting {
  readonly transaction: Transaction<unknown>
  /** Since when, in milliseconds since the epoch. */
  readonly since: number
  resolve(result: unknown): void
  reject(error: unknown): void
}

declare const setImmediate: (run: () => void) => void
declare const setTimeout: (run: () => void, milliseconds: number) => void

/**
 * Makes a storage that keeps everything in one SQLite database. A write is on the disk before its
 * promise resolves; writes that wait together share one commit.
 *
 * @throws Error when the database is of a newer schema or cannot be made durable.
 */
export function createSqliteStorage({ database, migrates = true }: SqliteStorageOptions): Storage {
  openSchema(database, migrates)
  const statements = new Map<string, SqliteStatement>()
  const sql: Sql = (text) => {
    let statement = statements.get(text)
    if (!statement) {
      statement = database.prepare(text)
      statements.set(text, statement)
    }
    return statement
  }
  const entries = createMetadataEntries(database, sql)
  const users = createUserTable(sql, entries)
  const turns = createTurns()
  // Of their own, so that lists do not hold up the pages that watch.
  const turnsOfMarks = createTurns({ waiting: Number.POSITIVE_INFINITY, patience: Number.POSITIVE_INFINITY })
  const reading = createSharedRead(sql, entries.restart)
  const rows = createRowParser()
  const others = createOtherWriters(sql, rows.doubt)

  /** Gives the text of a row. */
  function read(collection: Collection, id: string): string | undefined {
    if (collection === 'metadataHolders') {
      const userId = entries.holderOf(id)
      return userId === undefined ? undefined : JSON.stringify({ id, userId })
    }
    const select = selects.get(collection)
    const row = select
      ? sql(select).get(id)
      : sql('SELECT data FROM rows WHERE collection = ? AND id = ?').get(collection, id)
    return (row as { data: string } | undefined)?.data
  }

  /** Gives a row, which is read only where it may have changed since. Whoever asks has looked for other writers. */
  function readRow<C extends Collection>(collection: C, id: string): Rows[C] | undefined {
    if (!askedAgain.has(collection)) {
      const text = read(collection, id)
      return text === undefined ? undefined : (readJson(text) as Rows[C])
    }
    const name = nameOf(collection, id)
    const known = rows.known(name)
    if (known !== undefined) return (known ?? undefined) as Rows[C] | undefined
    if (!isWriting && !isDumping) reading.begin()
    const text = read(collection, id)
    if (text !== undefined) return rows.parse(name, text) as Rows[C]
    // Anybody may ask for users who are not there; that nothing rules what every write does is known as well as what does.
    if (ruling.has(collection)) rows.keep(name, '', null)
    return undefined
  }

  const changes = createUserChanges(sql, (id) => {
    const text = read('users', id)
    return text === undefined ? undefined : (readJson(text) as UserRow)
  })

  /** Has a transaction decide, and notes the users it read. */
  function decide(transaction: Transaction<unknown>, stored: Map<string, UserRow>): Decision<unknown> {
    const snapshot = snapshotFor(transaction, <C extends Collection>(collection: C, id: string) => {
      const row = readRow(collection, id)
      if (row && collection === 'users') stored.set(id, row as UserRow)
      return row
    })
    return transaction.decide(snapshot)
  }

  function apply(write: Write, stored: Map<string, UserRow>): void {
    if ('append' in write) {
      changes.append(write.append)
      return
    }
    if ('forgetChangesOf' in write) {
      if (write.isEverywhere) changes.forgetEverywhere(write.forgetChangesOf)
      else changes.forget(write.forgetChangesOf, write.before)
      return
    }
    if ('forgetDeliveriesOf' in write) {
      sql('DELETE FROM webhook_deliveries WHERE user_id = ? AND version < ? AND fresh = 0').run(
        write.forgetDeliveriesOf,
        write.before,
      )
      return
    }
    if ('told' in write) {
      changes.noteTold(write.told)
      return
    }
    if ('delete' in write) {
      const table = tables[write.delete]
      stored.delete(write.id)
      rows.forget(nameOf(write.delete, write.id))
      if (write.delete === 'users') users.delete(write.id)
      else if (write.delete === 'metadataHolders') entries.hold(write.id, null)
      else if (table) sql(`DELETE FROM ${table} WHERE id = ?`).run(write.id)
      else sql('DELETE FROM rows WHERE collection = ? AND id = ?').run(write.delete, write.id)
      return
    }
    if (write.put === 'users') {
      const before = stored.get(write.row.id)
      const text = users.put(write.row, before)
      if (before) rows.keep(nameOf('users', write.row.id), text, write.row)
      else rows.forget(nameOf('users', write.row.id))
      // One that is written twice is another by now.
      stored.delete(write.row.id)
      return
    }
    if (write.put === 'metadataHolders') {
      entries.hold(write.row.id, write.row.userId)
      return
    }
    const { id } = write.row
    rows.forget(nameOf(write.put, id))
    const data = JSON.stringify(write.row)
    if (write.put === 'sessions') {
      const { userId, createdAt } = write.row
      sql(
        'INSERT INTO sessions (id, data, user_id, created_at, expire_at) VALUES (?, ?, ?, ?, ?) ' +
          'ON CONFLICT (id) DO UPDATE SET data = excluded.data, user_id = excluded.user_id, ' +
          'created_at = excluded.created_at, expire_at = excluded.expire_at',
      ).run(id, data, userId, createdAt, overAt(write.put, write.row))
    } else if (write.put === 'webhookDeliveries') {
      const { endpointId, shard, userId, version, status, dueAt, expireAt } = write.row
      sql(
        'INSERT INTO webhook_deliveries (id, endpoint_id, shard, user_id, version, status, fresh, due_at, expire_at, data) ' +
          'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET status = excluded.status, ' +
          'fresh = excluded.fresh, due_at = excluded.due_at, expire_at = excluded.expire_at, data = excluded.data',
      ).run(id, endpointId, shard, userId, version, status, Number(isFresh(write.row)), dueAt, expireAt, data)
    } else {
      sql(
        'INSERT INTO rows (collection, id, data, expire_at) VALUES (?, ?, ?, ?) ' +
          'ON CONFLICT (collection, id) DO UPDATE SET data = excluded.data, expire_at = excluded.expire_at',
      ).run(write.put, id, data, overAt(write.put, write.row))
    }
  }

  let queue: Waiting[] = []
  /** How many of them are not patient. */
  let urgent = 0
  let isClosed = false
  let isDumping = false
  let isWriting = false
  let isTimed = false
  let whenIdle: (() => void) | undefined

  /** Runs what waits in one transaction of the database: the sync to the disk costs more than all the rest. */
  function flush(): void {
    // They would be written within what is read; whoever ends the reading comes back here.
    if (isDumping) return
    const group = queue
    queue = []
    urgent = 0
    if (group.length > 0) run(group)
    if (queue.length === 0) whenIdle?.()
  }

  /**
   * Runs what nobody is patient about; of what somebody is, as much comes along as makes that little longer. A commit of
   * its own would have everybody wait who comes meanwhile, which costs them more.
   */
  function flushUrgent(): void {
    if (isDumping || queue.length === urgent) {
      flush()
      return
    }
    let room = Math.max(readsAlong, urgent * readsAlongEach)
    const group: Waiting[] = []
    const left: Waiting[] = []
    for (const one of queue) {
      const { isPatient, reads } = one.transaction
      if (isPatient) room -= reads.length
      if (isPatient && room < 0) left.push(one)
      else group.push(one)
    }
    queue = left
    urgent = 0
    if (group.length > 0) run(group)
    if (queue.length > 0) flushInTime()
    else whenIdle?.()
  }

  /** Sees to it that nobody waits for longer than patience lasts. */
  function flushInTime(): void {
    if (isTimed) return
    isTimed = true
    setTimeout(() => {
      // Behind the input of this turn, which may have somebody who comes along.
      setImmediate(() => {
        isTimed = false
        flush()
      })
    }, patience)
  }

  function run(group: readonly Waiting[]): void {
    const done: (() => void)[] = []
    let hasBegun = false
    let isDecided = false
    try {
      reading.end()
      sql('BEGIN IMMEDIATE').run()
      hasBegun = true
      isWriting = true
      others.lookNow()
      entries.begin()
      for (const { transaction, resolve, reject } of group) {
        isDecided = false
        const stored = new Map<string, UserRow>()
        let decision: Decision<unknown>
        try {
          decision = decide(transaction, stored)
        } catch (error) {
          // It has written nothing yet, so that there is nothing to undo.
          done.push(() => reject(toStorageError(error)))
          continue
        }
        isDecided = true
        for (const write of decision.writes) apply(write, stored)
        done.push(() => resolve(decision.result))
      }
      isDecided = false
      users.settle()
      entries.settle()
      sql('COMMIT').run()
      isWriting = false
      for (const settle of done) settle()
    } catch (error) {
      isWriting = false
      rows.doubt()
      users.forget()
      entries.forget()
      try {
        database.exec('ROLLBACK')
      } catch {}
      // One whose writes fail takes no others with it; a savepoint for each would cost a quarter of a bulk write.
      if (isDecided && group.length > 1) for (const one of group) run([one])
      else refuse(group, toStorageError(error), hasBegun)
    }
  }

  /** Refuses what could not be written; whoever waits for another process is not refused at once. */
  function refuse(group: readonly Waiting[], failure: unknown, hasBegun: boolean): void {
    const isBusy = !hasBegun && failure instanceof StorageError && failure.failure === 'busy'
    const since = Date.now() - busyLimit
    const waiting = isBusy ? group.filter((one) => one.since > since) : []
    for (const one of group) if (!waiting.includes(one)) one.reject(failure)
    if (waiting.length === 0) return
    queue = [...waiting, ...queue]
    // Nobody who comes meanwhile asks sooner.
    urgent = queue.length
    setTimeout(flush, busyPause)
  }

  /** Has all that is read in one turn see one moment, as other processes have left it. */
  function openEntries(): void {
    if (!isDumping) reading.begin()
    entries.catchUp()
  }

  return {
    async find<C extends Collection>(collection: C, id: string) {
      try {
        if (collection === 'metadataHolders') openEntries()
        others.look()
        return readRow(collection, id)
      } catch (error) {
        throw toStorageError(error)
      }
    },

    async listUsers(query) {
      return turns((pause) => listUsers({ sql, openEntries, pause, bounds: listBounds }, query))
    },

    async countUsers(filter) {
      return turns((pause) => countUsers({ sql, openEntries, pause, bounds: listBounds }, filter))
    },

    async listSessions(userId) {
      const rows = sql('SELECT data FROM sessions WHERE user_id = ? ORDER BY created_at DESC, id DESC').all(userId)
      return rows.map((row) => parse<SessionRow>(row))
    },

    async listChanges(userId, page) {
      return changes.list(userId, page)
    },

    async listInvitations({ before, limit }) {
      const end = before === undefined ? '' : 'AND id < ?'
      const text = `SELECT data FROM rows WHERE collection = 'invitations' ${end} ORDER BY id DESC LIMIT ?`
      const rows = sql(text).all(...(before === undefined ? [] : [before]), limit)
      return rows.map((row) => parse<InvitationRow>(row))
    },

    async marksOf(userIds, sessionIds) {
      return turnsOfMarks((pause) => readMarks(sql, pause, userIds, sessionIds))
    },

    async listUntold(limit, until) {
      return changes.listUntold(limit, until)
    },

    async listDeliveries(query) {
      const values: (string | number)[] = []
      const text = deliverySql(query, (value) => {
        values.push(value)
        return '?'
      })
      return sql(text)
        .all(...values)
        .map((row) => parse<WebhookDeliveryRow>(row))
    },

    // Whoever reads to write holds the database alone.
    async barrier() {},

    transact<Result>(transaction: Transaction<Result>): Promise<Result> {
      if (isClosed) return Promise.reject(new Error('The storage is closed.'))
      return new Promise((resolve, reject) => {
        queue.push({ transaction, since: Date.now(), resolve: resolve as (result: unknown) => void, reject })
        if (transaction.isPatient) {
          if (queue.length === 1) flushInTime()
          return
        }
        urgent++
        // Behind the input of this turn of the event loop, so that what arrived together waits together.
        if (urgent === 1) setImmediate(flushUrgent)
      })
    },

    async sweep(now, changesBefore = Number.MIN_SAFE_INTEGER, untoldBefore = Number.MIN_SAFE_INTEGER) {
      reading.end()
      rows.doubt()
      const sweepTable = (table: string, time: string, before: number) =>
        sql(
          `DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table} WHERE ${time} < ? ORDER BY ${time} LIMIT ?)`,
        ).run(before, sweepSize).changes === sweepSize
      // All, whatever comes of the first.
      const swept = [
        sweepTable('rows', 'expire_at', now),
        sweepTable('sessions', 'expire_at', now),
        sweepTable('webhook_deliveries', 'expire_at', now),
        changes.sweep(changesBefore, untoldBefore, sweepSize),
      ]
      return swept.includes(true)
    },

    async *dump(part) {
      isDumping = true
      reading.end()
      try {
        sql('BEGIN').run()
        entries.catchUp()
        yield* dumpDatabase(sql, part)
      } finally {
        endRead(sql, entries.restart)
        isDumping = false
        if (queue.length > 0) setImmediate(flush)
      }
    },

    async describe() {
      const read = (pragma: string) => Number(Object.values(sql(`PRAGMA ${pragma}`).get() as object)[0])
      return { engine: 'sqlite', bytes: read('page_count') * read('page_size') }
    },

    async purge(options) {
      return purgeDatabase(database, entries, options, reading.end)
    },

    async close() {
      if (isClosed) return
      isClosed = true
      if (queue.length > 0) {
        await new Promise<void>((resolve) => {
          whenIdle = resolve
        })
      }
      reading.end()
      database.close()
    },
  }
}

/** What every write asks for, whether it is there or not: the schemas and the endpoints. */
const ruling: ReadonlySet<Collection> = new Set(['metadataSchemas', 'webhooks'])

/** What is asked for again and again. */
const askedAgain: ReadonlySet<Collection> = new Set<Collection>(['users', 'sessions', 'clients', ...ruling])

function nameOf(collection: Collection, id: string): string {
  return collection === 'users' ? id : `${collection}/${id}`
}

/** How a row of a collection that has a table of its own is read. */
const selects = new Map(
  Object.entries(tables).map(([collection, table]) => [collection, `SELECT data FROM ${table} WHERE id = ?`]),
)

function parse<Row>(row: unknown): Row {
  return readJson((row as { data: string }).data) as Row
}
