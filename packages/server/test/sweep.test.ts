import { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test } from 'vitest'
import { newDatabase } from '../../conformance/new-database.ts'
import { createMemoryStorage } from '../src/storage/memory/memory-storage.ts'
import { createPostgresStorage } from '../src/storage/postgres/postgres-storage.ts'
import type { ClientRow, ReplyRow, SessionRow } from '../src/storage/rows.ts'
import { createSqliteStorage } from '../src/storage/sqlite/sqlite-storage.ts'
import type { Storage, Write } from '../src/storage/storage.ts'

const day = 86_400_000
const now = 100 * day

const session = (id: string, fields: Partial<SessionRow>): Write => {
  const times = { createdAt: now - 9 * day, updatedAt: now - 9 * day, lastActiveAt: now - 9 * day }
  const row: SessionRow = { id, clientId: 'c', userId: 'u', status: 'active', expireAt: now, ...times, ...fields }
  return { put: 'sessions', row }
}
const reply = (id: string, expireAt: number): Write => {
  const row: ReplyRow = { id, requestDigest: 'd', subject: 'user_1', etag: '"1"', expireAt }
  return { put: 'replies', row }
}

describe.each<[string, () => Storage | Promise<Storage>]>([
  ['memory', createMemoryStorage],
  ['SQLite', () => createSqliteStorage({ database: new DatabaseSync(':memory:') })],
  [
    'PostgreSQL',
    async () => {
      const { url, drop } = await newDatabase()
      onTestFinished(drop)
      return createPostgresStorage({ url })
    },
  ],
])('%s', (_, open) => {
  test('sweeps what is over, and nothing else', async () => {
    const storage = await open()
    const writes: Write[] = [
      session('under way', { expireAt: now + 1 }),
      session('over since less than a day', { expireAt: now - day + 1 }),
      session('over since more than a day', { expireAt: now - day - 1 }),
      session('ended today', { status: 'ended', updatedAt: now - 1, expireAt: now + day }),
      session('revoked days ago', { status: 'revoked', updatedAt: now - 2 * day, expireAt: now + day }),
      reply('known', now),
      reply('forgotten', now - 1),
      { put: 'attempts', row: { id: 'counted', counts: [[[now, 1]]], expireAt: now + 1 } },
      { put: 'attempts', row: { id: 'long ago', counts: [[[1, 1]]], expireAt: now - 1 } },
      { put: 'identifiers', row: { id: 'username:ada', userId: 'u' } },
    ]
    await storage.transact({ reads: [], decide: () => ({ writes, result: undefined }) })
    expect(await storage.sweep(now)).toBe(false)
    const sessions = await storage.listSessions('u')
    expect(sessions.map(({ id }) => id).sort()).toEqual(['ended today', 'over since less than a day', 'under way'])
    expect(await storage.find('replies', 'known')).toBeDefined()
    expect(await storage.find('replies', 'forgotten')).toBeUndefined()
    expect(await storage.find('attempts', 'counted')).toBeDefined()
    expect(await storage.find('attempts', 'long ago')).toBeUndefined()
    expect(await storage.find('identifiers', 'username:ada')).toBeDefined()
    await storage.close()
  })

  test('sweeps however much there is, a part at a time where somebody would wait', async () => {
    const storage = await open()
    const ids = Array.from({ length: 2_500 }, (_, index) => `key_${index}`)
    const writes = ids.map((id) => reply(id, now - 1))
    await storage.transact({ reads: [], decide: () => ({ writes, result: undefined }) })
    let sweeps = 1
    while (await storage.sweep(now)) sweeps++
    expect(sweeps).toBeLessThanOrEqual(3)
    const left = await Promise.all(ids.map((id) => storage.find('replies', id)))
    expect(left.filter((row) => row !== undefined)).toEqual([])
    await storage.close()
  })
})

test('a database of the first version keeps its clients and sessions, and learns when they are over', async () => {
  const database = new DatabaseSync(':memory:')
  database.exec(`
    CREATE TABLE users (
      id TEXT NOT NULL UNIQUE, data TEXT NOT NULL, external_id TEXT, username TEXT, email_address TEXT,
      first_name TEXT, last_name TEXT, email_addresses TEXT NOT NULL, name TEXT NOT NULL, search TEXT NOT NULL,
      created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, last_sign_in_at INTEGER, last_active_at INTEGER
    );
    CREATE INDEX users_by_created_at ON users (created_at, id);
    CREATE TABLE sessions (id TEXT NOT NULL UNIQUE, data TEXT NOT NULL, user_id TEXT NOT NULL, created_at INTEGER NOT NULL);
    CREATE INDEX sessions_by_user ON sessions (user_id);
    CREATE TABLE rows (collection TEXT NOT NULL, id TEXT NOT NULL, data TEXT NOT NULL, expire_at INTEGER, UNIQUE (collection, id));
    CREATE INDEX rows_by_expiry ON rows (expire_at) WHERE expire_at IS NOT NULL;
    PRAGMA user_version = 1;
  `)
  const insert = (table: 'sessions' | 'clients', row: object) => {
    const { id, userId = null, createdAt = 0 } = row as Partial<SessionRow>
    if (table === 'sessions')
      database.prepare('INSERT INTO sessions VALUES (?, ?, ?, ?)').run(`${id}`, JSON.stringify(row), userId, createdAt)
    else database.prepare('INSERT INTO rows VALUES (?, ?, ?, NULL)').run(table, `${id}`, JSON.stringify(row))
  }
  const times = { createdAt: 1, updatedAt: now - 5 * day, lastActiveAt: 1 }
  const common = { userId: 'u', ...times }
  insert('sessions', { id: 's1', clientId: 'c1', status: 'active', expireAt: now + day, ...common })
  insert('sessions', { id: 's2', clientId: 'c2', status: 'removed', expireAt: now + day, ...common })
  const client = { secretDigest: 'd', lastActiveSessionId: null, signUpId: null, signInId: null, ...times }
  insert('clients', { id: 'c1', sessionIds: ['s1'], ...client })
  insert('clients', { id: 'c2', sessionIds: [], ...client })

  const storage = createSqliteStorage({ database })
  await storage.sweep(now)
  expect(await storage.find('sessions', 's1')).toMatchObject({ status: 'active' })
  expect(await storage.find('sessions', 's2')).toBeUndefined()
  const kept: Partial<ClientRow> = { sessionIds: ['s1'], knownUserIds: [], expireAt: now + 2 * day }
  expect(await storage.find('clients', 'c1')).toMatchObject(kept)
  expect(await storage.find('clients', 'c2')).toBeUndefined()
  await storage.close()
})
