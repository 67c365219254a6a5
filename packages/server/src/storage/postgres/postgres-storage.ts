import { readJson } from '@acme/schema'
import postgres from 'postgres'
import { deliverySql } from '../delivery-sql.ts'
import { createRowParser } from '../row-parser.ts'
import type { Collection, InvitationRow, Rows, SessionRow, WebhookDeliveryRow } from '../rows.ts'
import type { Storage, Transaction, UserFilter } from '../storage.ts'
import { StorageError, type StorageFailure } from '../storage-error.ts'
import { createTurnstile, listPatience, listsWaiting } from '../turnstile.ts'
import { barrier } from './barrier.ts'
import { commitGroup, isShared, SharedRowWritten, type Verdict } from './commit-group.ts'
import { type Connections, createConnections } from './connections.ts'
import { readDatabaseUrl } from './database-url.ts'
import { createDial } from './dial.ts'
import { dumpDatabase } from './dump-database.ts'
import { createGroups } from './groups.ts'
import { inTransaction } from './in-transaction.ts'
import { createVersionCheck, openSchema } from './postgres-schema.ts'
import { purgeDatabase } from './purge-database.ts'
import { createRareTrigrams } from './rare-trigrams.ts'
import { readMarks } from './read-marks.ts'
import { bindings, run, type Sql, type Value } from './sql.ts'
import { tableOf } from './table.ts'
import { toStorageError } from './to-storage-error.ts'
import { listChanges, listUntold } from './user-changes.ts'
import { looksForParts } from './user-conditions.ts'
import { countUsers, type ListReader, listUsers } from './user-lists.ts'

/** What the storage is made of. */
export interface PostgresStorageOptions {
  /** Where the database is: `postgres://user:password@host:port/database`, with several hosts where there are standbys. */
  readonly url: string
  /** How many connections are opened at the most. @default 10 */
  readonly maxConnections?: number | undefined
  /**
   * Whether statements are prepared once for each connection. Not behind a PgBouncer in transaction mode that is older
   * than 1.21.
   *
   * @default what `?prepare=` of the URL says, else true
   */
  readonly prepare?: boolean | undefined
  /** Whether a database of an older version, or an empty one, is brought to this one, instead of refused. @default true */
  readonly migrates?: boolean | undefined
}

/** For how long an attempt is repeated that failed by chance, in milliseconds, and how long it waits at the most. */
const patience = 2_000
const longestPause = 100

/** How long an attempt may take, in milliseconds; one that reads where a standby could be asked as well, less. */
const longestAttempt = 5_000
const longestRead = 1_000
const longestList = 30_000
const longestMigration = 86_400_000

/** How many rows of a table a sweep deletes at the most. */
const sweepSize = 1_000

/** What goes by of itself. */
const passing: ReadonlySet<StorageFailure> = new Set(['busy', 'unreachable'])

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
  const { url, maxConnections = 10, prepare, migrates = true } = options
  const { hosts, single } = readDatabaseUrl(url)
  const hasStandbys = hosts.length > 1
  const connect = (size: number, attributes = 'read-write') => {
    const dial = createDial(hosts)
    return createConnections(size, dial, (events) =>
      postgres(single, {
        ...(events as object),
        ...(hasStandbys && { target_session_attrs: attributes as 'read-write' }),
        max: 1,
        max_lifetime: null,
        ...(prepare !== undefined && { prepare }),
        connect_timeout: 5,
        onnotice: () => {},
        // Lists travel as JSON: no types are asked for.
        fetch_types: false,
        connection: { application_name: 'acme-server' },
      }),
    )
  }
  // Of their own, so that slow questions do not take the connections from those who read or write one user.
  const forLists = Math.max(1, Math.floor(maxConnections / 4))
  const forGroups = Math.max(1, Math.floor((maxConnections - forLists) / 2))
  const lists = connect(forLists)
  const writers = connect(forGroups)
  const readers = connect(Math.max(1, maxConnections - forLists - forGroups))
  // While there is no primary, what was acknowledged is read from a standby that has it.
  const standbys = hasStandbys ? connect(forLists, 'standby') : undefined
  const end = async (timeout: number) =>
    void (await Promise.all([lists, writers, readers, standbys].map((connections) => connections?.end(timeout))))

  const groups = createGroups<Waiting>((group) => commit(group, false), { groups: forGroups, items: 500 })
  const assertVersion = createVersionCheck()
  const rows = createRowParser()
  const rareTrigrams = createRareTrigrams()
  const turnstile = createTurnstile({ atOnce: forLists, waiting: listsWaiting, patience: listPatience })
  let isClosed = false

  /** Reads, and where the primary is not to be reached, from a standby and back in turns. */
  function reading<Result>(from: Connections, limit: number, work: (sql: Sql) => Promise<Result>): Promise<Result> {
    let asked = from
    return persist(() =>
      asked.use(limit, work).catch((error: unknown) => {
        if (standbys) asked = asked === from ? standbys : from
        throw error
      }),
    )
  }

  /** Asks about many users, for which there are few connections. */
  async function inTurn<Result>(work: (sql: Sql) => Promise<Result>): Promise<Result> {
    const leave = await turnstile.enter()
    try {
      return await reading(lists, longestList, work)
    } finally {
      leave()
    }
  }

  /** What a list is read with; trigrams are weighed where parts of texts are looked for alone. */
  const readerOf = async (runner: Sql, filter: UserFilter): Promise<ListReader> => ({
    runner,
    partsOf: looksForParts(filter) ? await rareTrigrams(runner) : (text) => [text],
  })

  const read = (text: string, values: readonly Value[]) =>
    reading(readers, standbys ? longestRead : longestAttempt, (sql) => run(sql, text, values))

  async function attemptCommit(group: readonly Waiting[], locksShared: boolean): Promise<readonly Verdict[]> {
    return writers.use(longestAttempt, (sql, attempt) =>
      inTransaction(sql, attempt, (hasBegun) => {
        const transactions = group.map(({ transaction }) => transaction)
        // All are sent before the first is answered.
        const isReady = Promise.all([
          hasBegun,
          run(sql, `SET LOCAL lock_timeout = ${patience}`, []),
          assertVersion(sql),
        ])
        return commitGroup(sql, transactions, { locksShared, isReady })
      }),
    )
  }

  async function commit(group: readonly Waiting[], locksShared: boolean): Promise<void> {
    const since = Math.min(...group.map((one) => one.since))
    try {
      const verdicts = await persist(() => attemptCommit(group, locksShared), since)
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
    await persist(() => writers.use(longestMigration, (sql) => openSchema(sql, migrates)))
  } catch (error) {
    await end(0)
    throw error
  }

  return {
    async find<C extends Collection>(collection: C, id: string) {
      const { name, key } = tableOf(collection)
      const [row] =
        key.length === 1
          ? await read(`SELECT data FROM ${name} WHERE id = $1`, [id])
          : await read(`SELECT data FROM ${name} WHERE collection = $1 AND id = $2`, [collection, id])
      return row && (rows.parse(id, String(row['data'])) as Rows[C])
    },

    listUsers: (query) => inTurn(async (sql) => listUsers(await readerOf(sql, query.filter), query)),

    countUsers: (filter) => inTurn(async (sql) => countUsers(await readerOf(sql, filter), filter)),

    async listSessions(userId) {
      const rows = await read('SELECT data FROM sessions WHERE user_id = $1 ORDER BY created_at DESC, id DESC', [
        userId,
      ])
      return rows.map(({ data }) => readJson(String(data)) as SessionRow)
    },

    listChanges: (userId, page) => reading(lists, longestList, (sql) => listChanges(sql, userId, page)),

    async listInvitations({ before, limit }) {
      const { values, bind } = bindings()
      const end = before === undefined ? '' : `AND id < ${bind(before)}`
      const text = `SELECT data FROM rows WHERE collection = 'invitations' ${end} ORDER BY id DESC LIMIT ${bind(limit)}`
      return (await read(text, values)).map(({ data }) => readJson(String(data)) as InvitationRow)
    },

    marksOf: (userIds, sessionIds) => readMarks(read, userIds, sessionIds),

    listUntold: (limit, until) => reading(readers, longestAttempt, (sql) => listUntold(sql, limit, until)),

    async listDeliveries(query) {
      const { values, bind } = bindings()
      const rows = await read(deliverySql(query, bind), values)
      return rows.map(({ data }) => readJson(String(data)) as WebhookDeliveryRow)
    },

    barrier: () => barrier((work) => persist(() => readers.use(longestAttempt, work))),

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

    async sweep(now, changesBefore = Number.MIN_SAFE_INTEGER, untoldBefore = Number.MIN_SAFE_INTEGER) {
      const sweepTable = async (table: string, key: string, time: string, before: number) => {
        // What another process sweeps at the moment is left to it.
        const over = `SELECT ${key} FROM ${table} WHERE ${time} < $1::bigint ORDER BY ${time} LIMIT ${sweepSize} FOR UPDATE SKIP LOCKED`
        const text = `DELETE FROM ${table} WHERE (${key}) IN (${over}) RETURNING 1`
        const rows = await persist(() => readers.use(longestAttempt, (sql) => run(sql, text, [before])))
        return rows.length === sweepSize
      }
      // Those that are untold are not looked for beyond the first: they are told in this order.
      const first = `SELECT user_id, version, untold FROM changes WHERE at < $1::bigint ORDER BY at LIMIT ${sweepSize} FOR UPDATE SKIP LOCKED`
      const late = `SELECT user_id, version FROM changes WHERE untold IS NOT NULL AND at < $1::bigint ORDER BY at LIMIT ${sweepSize} FOR UPDATE SKIP LOCKED`
      const sweepChanges = async () => {
        const noMore = `UPDATE changes SET untold = NULL WHERE (user_id, version) IN (${late})`
        const text = `WITH first AS (${first}) DELETE FROM changes WHERE (user_id, version) IN (SELECT user_id, version FROM first WHERE untold IS NULL) RETURNING 1`
        const rows = await persist(() =>
          readers.use(longestAttempt, async (sql) => {
            await run(sql, noMore, [untoldBefore])
            return run(sql, text, [changesBefore])
          }),
        )
        return rows.length === sweepSize
      }
      const swept = await Promise.all([
        sweepTable('rows', 'collection, id', 'expire_at', now),
        sweepTable('sessions', 'id', 'expire_at', now),
        sweepTable('webhook_deliveries', 'id', 'expire_at', now),
        sweepChanges(),
      ])
      return swept.includes(true)
    },

    async *dump(part) {
      const sql = lists.open()
      try {
        yield* dumpDatabase(sql, part)
      } catch (error) {
        throw toStorageError(error)
      } finally {
        await sql.end({ timeout: 0 })
      }
    },

    async describe() {
      // Some engines of this protocol do not know.
      const rows = await read('SELECT pg_database_size(current_database()) AS bytes', []).catch(() => [])
      const bytes = rows[0]?.['bytes']
      return { engine: 'postgres', bytes: bytes === undefined ? null : Number(bytes) }
    },

    async purge() {
      const sql = lists.open()
      try {
        return await purgeDatabase(sql)
      } finally {
        await sql.end({ timeout: 0 })
      }
    },

    async close() {
      if (isClosed) return
      isClosed = true
      await groups.idle()
      await end(5)
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
      const isPassing = failure instanceof StorageError && passing.has(failure.failure)
      if (!isPassing || Date.now() - since > patience) throw failure
      await new Promise<void>((resolve) => setTimeout(resolve, pause * (0.5 + Math.random())))
    }
  }
}
