import { StorageError } from '../storage-error.ts'
import { type Runner, run, type Sql } from './sql.ts'
import { hasOtherEmailAddresses } from './user-conditions.ts'

/**
 * What each version of the schema adds to the one before. What every write changes is kept apart from what lists look
 * users up by, so that a write of metadata moves two entries of indexes and not fourteen. Texts compare by their bytes.
 */
const migrations: readonly (readonly string[])[] = [
  [
    `CREATE TABLE users (id TEXT COLLATE "C" PRIMARY KEY, updated_at BIGINT NOT NULL, data TEXT NOT NULL)`,
    'CREATE INDEX users_by_updated_at ON users (updated_at, id)',
    `CREATE TABLE user_lists (
      id TEXT COLLATE "C" PRIMARY KEY,
      external_id TEXT COLLATE "C",
      username TEXT COLLATE "C",
      email_address TEXT COLLATE "C",
      first_name TEXT COLLATE "C",
      last_name TEXT COLLATE "C",
      email_addresses TEXT[] NOT NULL,
      search TEXT COLLATE "C" NOT NULL,
      is_banned BOOLEAN NOT NULL,
      created_at BIGINT NOT NULL,
      last_sign_in_at BIGINT,
      last_active_at BIGINT
    )`,
    'CREATE INDEX user_lists_by_external_id ON user_lists (external_id)',
    'CREATE INDEX user_lists_by_username ON user_lists (username, id)',
    'CREATE INDEX user_lists_by_email_address ON user_lists (email_address, id)',
    'CREATE INDEX user_lists_by_first_name ON user_lists (first_name, id)',
    'CREATE INDEX user_lists_by_last_name ON user_lists (last_name, id)',
    'CREATE INDEX user_lists_by_email_addresses ON user_lists USING GIN (email_addresses)',
    'CREATE INDEX user_lists_by_created_at ON user_lists (created_at, id)',
    'CREATE INDEX user_lists_by_last_sign_in_at ON user_lists (last_sign_in_at, id)',
    'CREATE INDEX user_lists_by_last_active_at ON user_lists (last_active_at, id)',
    'CREATE INDEX user_lists_banned ON user_lists (created_at) WHERE is_banned',
    `CREATE TABLE sessions (
      id TEXT COLLATE "C" PRIMARY KEY, user_id TEXT COLLATE "C" NOT NULL, created_at BIGINT NOT NULL,
      expire_at BIGINT, data TEXT NOT NULL
    )`,
    'CREATE INDEX sessions_by_user ON sessions (user_id, created_at)',
    'CREATE INDEX sessions_by_expiry ON sessions (expire_at)',
    `CREATE TABLE rows (
      collection TEXT COLLATE "C" NOT NULL, id TEXT COLLATE "C" NOT NULL, expire_at BIGINT, data TEXT NOT NULL,
      PRIMARY KEY (collection, id)
    )`,
    'CREATE INDEX rows_by_expiry ON rows (expire_at) WHERE expire_at IS NOT NULL',
  ],
  [
    `CREATE TABLE changes (
      user_id TEXT COLLATE "C" NOT NULL, version BIGINT NOT NULL, at BIGINT NOT NULL, data TEXT NOT NULL,
      PRIMARY KEY (user_id, version)
    )`,
    'CREATE INDEX changes_by_time ON changes (at)',
  ],
  // Events on their way to endpoints. Only what is not sent yet is in the index by which it is found.
  [
    `CREATE TABLE webhook_deliveries (
      id TEXT COLLATE "C" PRIMARY KEY,
      endpoint_id TEXT COLLATE "C" NOT NULL,
      shard BIGINT NOT NULL,
      user_id TEXT COLLATE "C" NOT NULL,
      version BIGINT NOT NULL,
      status TEXT COLLATE "C" NOT NULL,
      fresh BIGINT NOT NULL,
      due_at BIGINT,
      expire_at BIGINT NOT NULL,
      data TEXT NOT NULL
    )`,
    'CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, shard, due_at, version, id) WHERE due_at IS NOT NULL',
    'CREATE INDEX webhook_deliveries_by_user ON webhook_deliveries (user_id, endpoint_id, status, version) WHERE fresh = 0',
    `CREATE INDEX webhook_deliveries_parked ON webhook_deliveries (id) WHERE status = 'parked'`,
    'CREATE INDEX webhook_deliveries_by_expiry ON webhook_deliveries (expire_at)',
  ],
  // Users by their metadata, in the order in which a list reads them.
  [
    `CREATE TABLE metadata_entries (
      user_id TEXT COLLATE "C" NOT NULL,
      path TEXT COLLATE "C" NOT NULL,
      key TEXT COLLATE "C" NOT NULL,
      created_at BIGINT NOT NULL,
      PRIMARY KEY (user_id, path)
    )`,
    'CREATE INDEX metadata_entries_by_key ON metadata_entries (path, key, created_at, user_id)',
  ],
  // Changes that endpoints are to be told of: those of before have their deliveries. The index holds nothing else.
  [
    'ALTER TABLE changes ADD COLUMN untold TEXT',
    'CREATE INDEX changes_untold ON changes (at) WHERE untold IS NOT NULL',
  ],
  // How many users have one of some addresses in an array is anybody's guess, and by a hundredth of them the planner reads
  // all; what few have besides a primary one is looked for among those few alone.
  [
    `CREATE INDEX user_lists_by_other_email_addresses ON user_lists USING GIN (email_addresses) WHERE ${hasOtherEmailAddresses}`,
    'DROP INDEX user_lists_by_email_addresses',
  ],
]

/** Trigrams, by which a part of a text is found. Where they cannot be had, parts are found by reading all users. */
const trigrams: readonly string[] = [
  'CREATE EXTENSION IF NOT EXISTS pg_trgm',
  'CREATE INDEX IF NOT EXISTS user_lists_by_search ON user_lists USING GIN (search gin_trgm_ops)',
]

const versionTable = 'CREATE TABLE IF NOT EXISTS acme_schema (id TEXT PRIMARY KEY, version INTEGER NOT NULL)'

/**
 * Brings a database to the schema of this version; of processes that start at once one does so.
 *
 * @throws Error when the database was written by a newer version.
 */
export async function openSchema(sql: Sql, migrates: boolean): Promise<void> {
  if (!migrates) return assertReady(sql)
  try {
    await sql.unsafe(versionTable)
  } catch (error) {
    // Of those that make it at one moment one may fail nevertheless: it is there by then.
    if (!['23505', '42710', '42P07'].includes(`${(error as { code?: unknown }).code}`)) throw error
  }
  await sql.unsafe(`INSERT INTO acme_schema (id, version) VALUES ('acme', 0) ON CONFLICT (id) DO NOTHING`)
  const isNew = await sql.begin(async (transaction) => {
    const [row] = await transaction.unsafe(`SELECT version FROM acme_schema WHERE id = 'acme' FOR UPDATE`)
    const version = Number(row?.['version'])
    if (version > migrations.length) {
      throw new Error(
        `The database has schema version ${version}; this server knows ${migrations.length}. Use a newer @acme/server.`,
      )
    }
    for (const statement of migrations.slice(version).flat()) await transaction.unsafe(statement)
    if (version < migrations.length) {
      await transaction.unsafe(`UPDATE acme_schema SET version = ${migrations.length} WHERE id = 'acme'`)
    }
    return version === 0
  })
  if (!isNew) return
  for (const statement of trigrams) await sql.unsafe(statement).catch(() => {})
}

/** Looks at a database that is not to be changed. */
async function assertReady(sql: Sql): Promise<void> {
  const rows = await sql
    .unsafe(`SELECT version FROM acme_schema WHERE id = 'acme'`)
    .catch((error: { code?: unknown }) => {
      // undefined_table
      if (error.code === '42P01') return []
      throw error
    })
  const version = Number(rows[0]?.['version'] ?? 0)
  if (version === migrations.length) return
  throw new Error(
    `The database has schema version ${version}, this program ${migrations.length}: start its server in this version once.`,
  )
}

/** How long a database that was of a known version is taken to be, in milliseconds. */
const checkInterval = 1_000

/**
 * Makes the check that a database is not of a newer version by now, which another server has brought it to: this one would
 * leave out what that one keeps. It is asked in a transaction that is going to write.
 *
 * @throws StorageError `outdated`
 */
export function createVersionCheck(): (runner: Runner) => Promise<void> {
  let checkedAt = Number.NEGATIVE_INFINITY
  return async (runner) => {
    const now = Date.now()
    if (Math.abs(now - checkedAt) < checkInterval) return
    const [row] = await run(runner, `SELECT version FROM acme_schema WHERE id = 'acme'`, [])
    if (Number(row?.['version']) > migrations.length) {
      throw new StorageError('outdated', new Error(`schema version ${row?.['version']}, known: ${migrations.length}`))
    }
    checkedAt = now
  }
}
