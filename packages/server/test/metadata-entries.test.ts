import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { scaled } from '../../conformance/scaled.ts'
import { createMemoryStorage } from '../src/storage/memory/memory-storage.ts'
import { everyKey, keysBeyond, keysEqualTo, type MetadataCondition, metadataKey } from '../src/storage/metadata-key.ts'
import type { UserRow } from '../src/storage/rows.ts'
import { createSqliteStorage } from '../src/storage/sqlite/sqlite-storage.ts'
import type { Storage, Transaction, UserQuery, Write } from '../src/storage/storage.ts'

async function newFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'acme-entries-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return join(folder, 'acme.db')
}

const open = (path: string) => createSqliteStorage({ database: new DatabaseSync(path) })
const path = 'public.v'

function newUser(number: number, v: number | undefined, fields: Partial<UserRow> = {}): UserRow {
  return {
    id: `user_${number}`,
    version: 1,
    externalId: null,
    username: null,
    firstName: null,
    lastName: null,
    emailAddresses: [],
    primaryEmailAddressId: null,
    passwordHash: null,
    metadata: { public: v === undefined ? {} : { v }, private: {}, unsafe: {} },
    lastSignInAt: null,
    lastActiveAt: null,
    createdAt: number % 3,
    updatedAt: 1,
    indexed: [path],
    ...fields,
  }
}

/** Writes, with what a transaction reads of them before, which a storage need not have been told. */
const write = (...writes: readonly Write[]): Transaction<void> => ({
  reads: [],
  decide: () => ({ writes, result: undefined }),
})

const holder = (value: number) => `${path}=${metadataKey(value)}`
const holdings: readonly (number | undefined)[] = [0, 1, 2, 3]

/** What lists, counts and holders tell. */
async function view(storage: Storage): Promise<unknown> {
  const asked: readonly MetadataCondition['ranges'][] = [
    [everyKey],
    ...[0, 1, 2].map((value) => [keysEqualTo(value)]),
    [keysEqualTo(1), keysEqualTo(3)],
    [keysBeyond('gte', 2) ?? everyKey],
  ]
  const query = { orderBy: 'created_at', direction: 'descending', limit: 50, offset: 0 } as const
  const lists = asked.map(async (ranges) => {
    const filter: UserQuery['filter'] = { metadata: [{ path, ranges }] }
    const users = await storage.listUsers({ ...query, filter })
    return [users.map(({ id }) => id), await storage.countUsers(filter)]
  })
  const held = holdings.map((value) => storage.find('metadataHolders', holder(value as number)))
  return { lists: await Promise.all(lists), held: await Promise.all(held) }
}

const number = fc.nat({ max: 40 })
const value = fc.oneof(fc.nat({ max: 3 }), fc.constant(undefined))
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ does: fc.constant('put' as const), some: fc.array(fc.tuple(number, value)) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('delete' as const), number }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('hold' as const), value: fc.nat({ max: 3 }), number }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('release' as const), value: fc.nat({ max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('move' as const), number, value, createdAt: number }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('fail' as const), number, value }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('reopen' as const) }) },
)

test('two processes find by one file what was written last, whoever wrote it, and whatever failed or was ended between', async () => {
  let merged = 0
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(step, fc.nat({ max: 1 }), fc.boolean()), { minLength: 20 }), async (steps) => {
      const file = await newFile()
      const memory = createMemoryStorage()
      const both = [open(file), open(file)]
      for (const [one, by, isLooked] of steps) {
        const storage = both[by] as Storage
        const all = (make: (target: Storage) => readonly Promise<unknown>[]) =>
          Promise.all([storage, memory].flatMap(make))
        if (one.does === 'put')
          await all((target) => one.some.map((user) => target.transact(write({ put: 'users', row: newUser(...user) }))))
        if (one.does === 'delete')
          await all((target) => [target.transact(write({ delete: 'users', id: `user_${one.number}` }))])
        if (one.does === 'hold') {
          const row = { id: holder(one.value), userId: `user_${one.number}` }
          await all((target) => [target.transact(write({ put: 'metadataHolders', row }))])
        }
        if (one.does === 'release')
          await all((target) => [target.transact(write({ delete: 'metadataHolders', id: holder(one.value) }))])
        if (one.does === 'move') {
          const row = newUser(one.number, one.value, { createdAt: one.createdAt })
          await all((target) => [target.transact(write({ put: 'users', row }))])
        }
        if (one.does === 'fail') {
          const broken = newUser(one.number, one.value, { createdAt: null as unknown as number })
          const row = { id: holder(0), userId: 'user_fails' }
          const failing = write({ put: 'metadataHolders', row }, { put: 'users', row: broken })
          const beside = write({ put: 'users', row: newUser(one.number + 1, one.value) })
          const results = await Promise.allSettled([storage.transact(failing), storage.transact(beside)])
          expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
          await memory.transact(beside)
        }
        if (one.does === 'reopen') {
          await storage.close()
          both[by] = open(file)
        }
        if (isLooked) expect(await view(both[1 - by] as Storage)).toEqual(await view(memory))
      }
      for (const storage of both) expect(await view(storage)).toEqual(await view(memory))
      const dumped = async (storage: Storage) => {
        const all: Write[] = []
        for await (const some of storage.dump()) all.push(...some)
        return all.filter((one) => 'put' in one && one.put === 'metadataHolders')
      }
      for (const storage of both) expect(await dumped(storage)).toEqual(await dumped(memory))
      for (const storage of both) await storage.close()
      const raw = new DatabaseSync(file)
      merged += (raw.prepare('SELECT min(seq) AS first FROM metadata_log').get() as { first: number }).first
      raw.close()
    }),
    { numRuns: scaled(100) },
  )
  // Else all of them were found in the log.
  expect(merged).toBeGreaterThan(0)
}, 240_000)

test('what is moved is merged into the trees as it comes, so that the log stays short', async () => {
  const file = await newFile()
  const storage = open(file)
  const users = 200
  for (let round = 0; round < 20; round++)
    await Promise.all(
      Array.from({ length: users }, (_, index) =>
        storage.transact(write({ put: 'users', row: newUser(index, (index * 7 + round) % 50) })),
      ),
    )
  const raw = new DatabaseSync(file)
  const rows = (sql: string) => (raw.prepare(sql).get() as { rows: number }).rows
  const moves = "SELECT sum(json_array_length(data, '$.moves')) AS rows FROM metadata_log WHERE data <> ''"
  expect(rows(moves)).toBeLessThan(3 * users)
  expect(rows('SELECT count(*) AS rows FROM indexed_metadata')).toBeGreaterThan(0)
  expect(await storage.countUsers({ metadata: [{ path, ranges: [everyKey] }] })).toBe(users)
  await storage.close()
  raw.close()
})

test('a database from before the log is brought up with its entries and holders', async () => {
  const file = await newFile()
  const storage = open(file)
  for (const index of [1, 2]) await storage.transact(write({ put: 'users', row: newUser(index, index) }))
  await storage.close()
  const old = new DatabaseSync(file)
  old.exec(`
    DROP INDEX changes_untold; ALTER TABLE changes DROP COLUMN untold;
    DROP TABLE indexed_metadata; DROP TABLE held_metadata; DROP TABLE metadata_log;
    CREATE TABLE metadata_entries (
      path TEXT NOT NULL, key TEXT NOT NULL, created_at INTEGER NOT NULL, user_id TEXT NOT NULL,
      PRIMARY KEY (path, key, created_at, user_id)
    ) WITHOUT ROWID;
    PRAGMA user_version = 6;`)
  for (const index of [1, 2]) {
    const key = metadataKey(index)
    old.prepare('INSERT INTO metadata_entries VALUES (?, ?, ?, ?)').run(path, key, index % 3, `user_${index}`)
    const row = { id: holder(index), userId: `user_${index}` }
    old
      .prepare(`INSERT INTO rows (collection, id, data) VALUES ('metadataHolders', ?, ?)`)
      .run(row.id, JSON.stringify(row))
  }
  old.close()
  const brought = open(file)
  expect(await view(brought)).toEqual({
    lists: [
      [['user_2', 'user_1'], 2],
      [[], 0],
      [['user_1'], 1],
      [['user_2'], 1],
      [['user_1'], 1],
      [['user_2'], 1],
    ],
    held: [undefined, { id: holder(1), userId: 'user_1' }, { id: holder(2), userId: 'user_2' }, undefined],
  })
  await brought.close()
})
