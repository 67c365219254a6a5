import postgres from 'postgres'
import type { Collection, Rows, SessionRow } from '../rows.ts'
import type { Storage, Transaction } from '../storage.ts'
import { StorageError } from '../storage-error.ts'
import { commitGroup, isShared, SharedRowWritten, type Verdict } from './commit-group.ts'
import { readDatabaseUrl } from './database-url.ts'
import { createDial } from './dial.ts'
import { createGroups } from './groups.ts'
import { openSchema } from './postgres-schema.ts'
import { type Runner, run, type Value } from './sql.ts'
import { tableOf } from './table.ts'
import { codeOf, toStorageError } from './to-storage-error.ts'
import { listChanges } from './user-changes.ts'
import { countUsers, listUsers } from './user-lists.ts'

/** What the storage is made of. */
export interface PostgresStorageOptions {
  /** Where the database is: `postgres://user:password@host:port/database`, with several hosts where there are standbys. */
  readonly url: string
  /** How many connections are opened at the most. @default 10 */
  readonly maxConnections?: number | undefined
  /**
   * Whether statements are prepared once for each connection. Not behind a PgBouncer in transaction mode that is older
   * than 1.21. @default true
   */
  readonly prepare?: boolean | undefined
}

/** For how long an attempt is repeated that failed by chance, in milliseconds, and how long it waits at the most. */
const patience = 2_000
const longestPause = 100

/** How many rows of a table a sweep deletes at the most. */
const sweepSize = 1_000

/** The unique index says that another process was faster; read again, it shows. */
const uniqueViolation = '23505'

interface Waiting {
  readonly transaction: Transaction<unknown>
  readonly keys: readonly string[]
  /** Since when, in milliseconds since the epoch. */
  readonly since: number
  settle(verdict: Verdict): void
}

declare const setTimeout: (run: () => void, milliseconds: number) => void

/**
 * Opens a storage that keeps everything in a PostgreSQL database (13 or later), which any number of server processes may
 * share. A write is on the disk before its promise resolves; writes that wait together share one commit.
 *
 * @throws TypeError when the URL is none, without quoting it
 * @throws StorageError `unreachable` when there is no such database
 * @throws Error when the database is of a newer schema
 */
export async function createPostgresStorage(options: PostgresStorageOptions): Promise<Storage> {
  const { url, maxConnections = 10, prepare = true } = options
  const { hosts, single } = readDatabaseUrl(url)
  const connect = (max: number) =>
    postgres(single, {
      max,
      ...(hosts.length > 1 && ({ socket: createDial(hosts), target_session_attrs: 'read-write' } as object)),
      prepare,
      // What does not come about is tried again by whoever waits for it.
      backoff: () => 0.05,
      connect_timeout: 5,
      onnotice: () => {},
      // Lists travel as JSON: no types are asked for.
      fetch_types: false,
      connection: { application_name: 'acme-server' },
    })
  // Of their own, so that slow questions do not take the connections from those who read or write one user.
  const forLists = Math.max(1, Math.floor(maxConnections / 4))
  const forGroups = Math.max(1, Math.floor((maxConnections - forLists) / 2))
  const sql = connect(Math.max(2, maxConnections - forLists))
  const lists = connect(forLists)

  const groups = createGroups<Waiting>((group) => commit(group, false), { groups: forGroups, items: 500 })
  let isClosed = false

  async function read(text: string, values: readonly Value[], runner: Runner = sql) {
    return persist(() => run(runner, text, values))
  }

  async function commit(group: readonly Waiting[], locksShared: boolean): Promise<void> {
    const since = Math.min(...group.map((one) => one.since))
    // The answer to a COMMIT may be lost after it was obeyed.
    let isCommitting = false
    const attempt = () =>
      sql.begin(async (runner) => {
        const verdicts = await commitGroup(
          runner,
          group.map(({ transaction }) => transaction),
          locksShared,
        )
        isCommitting = true
        return verdicts
      })
    try {
      const verdicts = await persist(async () => {
        isCommitting = false
        try {
          return await attempt()
        } catch (error) {
          const failure = toStorageError(error)
          const isLost = failure instanceof StorageError && failure.failure === 'unreachable'
          throw isCommitting && isLost ? new StorageError('interrupted', error) : error
        }
      }, since)
      for (const [index, one] of group.entries()) one.settle(verdicts[index] as Verdict)
    } catch (error) {
      if (error instanceof SharedRowWritten) {
        for (const one of group) await commit([one], true)
      } else if (group.length > 1 && !(error instanceof StorageError)) {
        // One whose writes fail takes no others with it.
        for (const one of group) await commit([one], locksShared)
      } else {
        for (const one of group) one.settle({ refusal: error })
      }
    }
  }

  try {
    await persist(() => openSchema(sql))
  } catch (error) {
    await Promise.all([sql.end({ timeout: 0 }), lists.end({ timeout: 0 })])
    throw error
  }

  return {
    async find<C extends Collection>(collection: C, id: string) {
      const { name, key } = tableOf(collection)
      const [row] =
        key.length === 1
          ? await read(`SELECT data FROM ${name} WHERE id = $1`, [id])
          : await read(`SELECT data FROM ${name} WHERE collection = $1 AND id = $2`, [collection, id])
      return row && (JSON.parse(String(row['data'])) as Rows[C])
    },

    listUsers: (query) => persist(() => listUsers(lists, query)),

    countUsers: (filter) => persist(() => countUsers(lists, filter)),

    async listSessions(userId) {
      const rows = await read('SELECT data FROM sessions WHERE user_id = $1 ORDER BY created_at DESC, id DESC', [
        userId,
      ])
      return rows.map(({ data }) => JSON.parse(String(data)) as SessionRow)
    },

    listChanges: (userId, page) => persist(() => listChanges(sql, userId, page)),

    transact<Result>(transaction: Transaction<Result>): Promise<Result> {
      if (isClosed) return Promise.reject(new Error('The storage is closed.'))
      return new Promise((resolve, reject) => {
        groups.add({
          transaction,
          keys: transaction.reads.filter((key) => !isShared(key)).map(({ collection, id }) => `${collection}/${id}`),
          since: Date.now(),
          settle: (verdict) => ('refusal' in verdict ? reject(verdict.refusal) : resolve(verdict.result as Result)),
        })
      })
    },

    async sweep(now, changesBefore = Number.MIN_SAFE_INTEGER) {
      const sweepTable = async (table: string, key: string, time: string, before: number) => {
        // What another process sweeps at the moment is left to it.
        const over = `SELECT ${key} FROM ${table} WHERE ${time} < $1::bigint ORDER BY ${time} LIMIT ${sweepSize} FOR UPDATE SKIP LOCKED`
        const rows = await read(`DELETE FROM ${table} WHERE (${key}) IN (${over}) RETURNING 1`, [before])
        return rows.length === sweepSize
      }
      const swept = await Promise.all([
        sweepTable('rows', 'collection, id', 'expire_at', now),
        sweepTable('sessions', 'id', 'expire_at', now),
        sweepTable('changes', 'user_id, version', 'at', changesBefore),
      ])
      return swept.includes(true)
    },

    async close() {
      if (isClosed) return
      isClosed = true
      await groups.idle()
      await Promise.all([sql.end({ timeout: 5 }), lists.end({ timeout: 5 })])
    },
  }
}

/** Does something again, a little later each time, as long as it fails by chance and did certainly nothing. */
async function persist<Result>(work: () => Promise<Result>, since: number = Date.now()): Promise<Result> {
  for (let pause = 2; ; pause = Math.min(2 * pause, longestPause)) {
    try {
      return await work()
    } catch (error) {
      const failure = toStorageError(error)
      const isPassing =
        codeOf(error) === uniqueViolation ||
        (failure instanceof StorageError && (failure.failure === 'busy' || failure.failure === 'unreachable'))
      if (!isPassing || Date.now() - since > patience) throw failure
      await new Promise<void>((resolve) => setTimeout(resolve, pause * (0.5 + Math.random())))
    }
  }
}
