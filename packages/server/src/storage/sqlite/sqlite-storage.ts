import { type Collection, overAt, type Rows, type SessionRow, type UserRow } from '../rows.ts'
import { snapshotOf } from '../snapshot-of.ts'
import type { Storage, Transaction, UserOrder, Write } from '../storage.ts'
import { StorageError } from '../storage-error.ts'
import { fold, orderValue, searchText } from '../user-text.ts'
import type { SqliteDatabase, SqliteStatement, SqliteValue } from './sqlite-database.ts'
import { openSchema } from './sqlite-schema.ts'
import { toStorageError } from './to-storage-error.ts'
import { userConditions } from './user-conditions.ts'

export type { SqliteDatabase, SqliteStatement, SqliteValue } from './sqlite-database.ts'

/** What the storage is made of. */
export interface SqliteStorageOptions {
  /** An open database, for example Node's `new DatabaseSync(path)`. The storage closes it. */
  readonly database: SqliteDatabase
}

/** How many rows of a table a sweep deletes at the most: a few milliseconds. */
const sweepSize = 1_000

/** How long a transaction waits for another process to let go of the database, in milliseconds, and how often it asks. */
const busyLimit = 2_000
const busyPause = 20

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
export function createSqliteStorage({ database }: SqliteStorageOptions): Storage {
  openSchema(database)
  const statements = new Map<string, SqliteStatement>()
  const sql = (text: string): SqliteStatement => {
    let statement = statements.get(text)
    if (!statement) {
      statement = database.prepare(text)
      statements.set(text, statement)
    }
    return statement
  }

  function read<C extends Collection>(collection: C, id: string): Rows[C] | undefined {
    const row = hasTable(collection)
      ? sql(`SELECT data FROM ${collection} WHERE id = ?`).get(id)
      : sql('SELECT data FROM rows WHERE collection = ? AND id = ?').get(collection, id)
    return row ? parse<Rows[C]>(row) : undefined
  }

  function apply(write: Write): void {
    if ('delete' in write) {
      if (hasTable(write.delete)) sql(`DELETE FROM ${write.delete} WHERE id = ?`).run(write.id)
      else sql('DELETE FROM rows WHERE collection = ? AND id = ?').run(write.delete, write.id)
      return
    }
    const { id } = write.row
    const data = JSON.stringify(write.row)
    if (write.put === 'users') upsert('users', { id, data, ...userColumns(write.row) })
    else if (write.put === 'sessions') {
      const { userId, createdAt } = write.row
      upsert('sessions', { id, data, user_id: userId, created_at: createdAt, expire_at: overAt(write.put, write.row) })
    } else {
      sql(
        'INSERT INTO rows (collection, id, data, expire_at) VALUES (?, ?, ?, ?) ' +
          'ON CONFLICT (collection, id) DO UPDATE SET data = excluded.data, expire_at = excluded.expire_at',
      ).run(write.put, id, data, overAt(write.put, write.row))
    }
  }

  function upsert(table: string, columns: Record<string, SqliteValue>): void {
    const names = Object.keys(columns)
    sql(
      `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')}) ` +
        `ON CONFLICT (id) DO UPDATE SET ${names.map((name) => `${name} = excluded.${name}`).join(', ')}`,
    ).run(...Object.values(columns))
  }

  let queue: Waiting[] = []
  let isClosed = false
  let whenIdle: (() => void) | undefined

  /** Runs what waits in one transaction of the database: the sync to the disk costs more than all the rest. */
  function flush(): void {
    const group = queue
    queue = []
    const done: (() => void)[] = []
    let hasBegun = false
    try {
      database.exec('BEGIN IMMEDIATE')
      hasBegun = true
      for (const { transaction, resolve, reject } of group) {
        database.exec('SAVEPOINT change')
        try {
          const { writes, result } = transaction.decide(snapshotOf(transaction.reads, read))
          writes.forEach(apply)
          database.exec('RELEASE change')
          done.push(() => resolve(result))
        } catch (error) {
          try {
            database.exec('ROLLBACK TO change; RELEASE change')
          } catch {
            // SQLite rolled all of it back by itself, for what it said first.
            throw error
          }
          done.push(() => reject(toStorageError(error)))
        }
      }
      database.exec('COMMIT')
      for (const settle of done) settle()
    } catch (error) {
      try {
        database.exec('ROLLBACK')
      } catch {}
      const failure = toStorageError(error)
      const isBusy = !hasBegun && failure instanceof StorageError && failure.failure === 'busy'
      const since = Date.now() - busyLimit
      const waiting = isBusy ? group.filter((one) => one.since > since) : []
      for (const one of group) if (!waiting.includes(one)) one.reject(failure)
      if (waiting.length > 0) {
        queue = [...waiting, ...queue]
        setTimeout(flush, busyPause)
      }
    }
    if (queue.length === 0) whenIdle?.()
  }

  return {
    async find(collection, id) {
      try {
        return read(collection, id)
      } catch (error) {
        throw toStorageError(error)
      }
    },

    async listUsers({ filter, orderBy, direction, limit, offset, after }) {
      const where = userConditions(filter)
      const up = direction === 'ascending'
      const column = columnOf[orderBy]
      const keyset = after ? `AND (${column}, id) ${up ? '>' : '<'} (?, ?)` : ''
      const order = `${column} ${up ? 'ASC' : 'DESC'} NULLS LAST, id ${up ? 'ASC' : 'DESC'}`
      const rows = sql(`SELECT data FROM users WHERE ${where.sql} ${keyset} ORDER BY ${order} LIMIT ? OFFSET ?`).all(
        ...where.values,
        ...(after ? [orderValue(after, orderBy), after.id] : []),
        limit,
        offset,
      )
      return rows.map((row) => parse<UserRow>(row))
    },

    async countUsers(filter) {
      const where = userConditions(filter)
      const row = sql(`SELECT count(*) AS total FROM users WHERE ${where.sql}`).get(...where.values)
      return (row as { total: number }).total
    },

    async listSessions(userId) {
      const rows = sql('SELECT data FROM sessions WHERE user_id = ? ORDER BY created_at DESC, id DESC').all(userId)
      return rows.map((row) => parse<SessionRow>(row))
    },

    transact<Result>(transaction: Transaction<Result>): Promise<Result> {
      if (isClosed) return Promise.reject(new Error('The storage is closed.'))
      return new Promise((resolve, reject) => {
        queue.push({ transaction, since: Date.now(), resolve: resolve as (result: unknown) => void, reject })
        // Behind the input of this turn of the event loop, so that what arrived together waits together.
        if (queue.length === 1) setImmediate(flush)
      })
    },

    async sweep(now) {
      const sweepTable = (table: string) =>
        sql(`DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table} WHERE expire_at < ? LIMIT ?)`).run(
          now,
          sweepSize,
        ).changes === sweepSize
      // Both, whatever comes of the first.
      return [sweepTable('rows'), sweepTable('sessions')].includes(true)
    },

    async close() {
      if (isClosed) return
      isClosed = true
      if (queue.length > 0) {
        await new Promise<void>((resolve) => {
          whenIdle = resolve
        })
      }
      database.close()
    },
  }
}

function hasTable(collection: Collection): boolean {
  return collection === 'users' || collection === 'sessions'
}

const columnOf: Record<UserOrder, string> = {
  created_at: 'created_at',
  updated_at: 'updated_at',
  last_sign_in_at: 'last_sign_in_at',
  last_active_at: 'last_active_at',
  email_address: 'email_address',
  username: 'username',
  first_name: 'first_name',
  last_name: 'last_name',
  id: 'id',
}

function userColumns(user: UserRow): Record<string, SqliteValue> {
  const text = searchText(user)
  const ordered = Object.entries(columnOf).map(([order, column]) => [column, orderValue(user, order as UserOrder)])
  return {
    ...Object.fromEntries(ordered),
    external_id: user.externalId === null ? null : fold(user.externalId),
    email_addresses: text.emailAddresses,
    name: text.name,
    search: text.all,
  }
}

function parse<Row>(row: unknown): Row {
  return JSON.parse((row as { data: string }).data) as Row
}
