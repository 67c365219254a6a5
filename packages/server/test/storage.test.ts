import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { JsonValue } from '@acme/schema'
import fc from 'fast-check'
import postgres from 'postgres'
import { describe, expect, onTestFinished, test } from 'vitest'
import { newDatabase } from '../../conformance/new-database.ts'
import { startPostgresProxy } from '../../conformance/postgres-proxy.ts'
import { scaled } from '../../conformance/scaled.ts'
import { pgBouncer, startPgBouncer } from '../../tools/src/start-pgbouncer.ts'
import { createSealer } from '../src/node/create-sealer.ts'
import { createMemoryStorage } from '../src/storage/memory/memory-storage.ts'
import { everyKey, inBoth, keysBeyond, keysEqualTo, type MetadataCondition } from '../src/storage/metadata-key.ts'
import { createPostgresStorage } from '../src/storage/postgres/postgres-storage.ts'
import type { ChangeRow, UserRow } from '../src/storage/rows.ts'
import { sealStorage } from '../src/storage/sealed/sealed-storage.ts'
import { createSqliteStorage } from '../src/storage/sqlite/sqlite-storage.ts'
import { countUsers, listUsers, type Reading } from '../src/storage/sqlite/user-lists.ts'
import type { Storage, Transaction, UserFilter, UserQuery, Write } from '../src/storage/storage.ts'

async function newFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'acme-storage-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return join(folder, 'acme.db')
}

const sqlite = (path: string) => createSqliteStorage({ database: new DatabaseSync(path) })
const storages: Record<string, () => Promise<Storage>> = {
  memory: async () => createMemoryStorage(),
  sqlite: async () => sqlite(await newFile()),
  'sqlite, sealed': async () => sealed(sqlite(await newFile())),
  PostgreSQL: newPostgres,
  'PostgreSQL, where each transaction has a session of its own': newPooledPostgres,
  ...(pgBouncer && { 'PostgreSQL behind a PgBouncer in transaction mode': newBouncedPostgres }),
}

function sealed(storage: Storage): Promise<Storage> {
  const sealer = createSealer({ key: randomBytes(32), previous: [] })
  return sealStorage(storage, { sealer, sealsMetadata: true })
}

async function newPostgres(): Promise<Storage> {
  const { url, drop } = await newDatabase()
  onTestFinished(drop)
  return createPostgresStorage({ url })
}

/** As behind a pool that gives sessions away by the transaction: nothing that a session remembers may be counted on. */
async function newPooledPostgres(): Promise<Storage> {
  const { url, drop } = await newDatabase()
  const proxy = await startPostgresProxy(url, { hasFreshSessions: true })
  onTestFinished(async () => {
    await proxy.close()
    await drop()
  })
  return createPostgresStorage({ url: proxy.url, prepare: false })
}

async function newBouncedPostgres(): Promise<Storage> {
  const { url, drop } = await newDatabase()
  const bouncer = await startPgBouncer(url)
  onTestFinished(async () => {
    await bouncer.close()
    await drop()
  })
  return createPostgresStorage({ url: bouncer.url })
}

function newUser(id: string, fields: Partial<UserRow> = {}): UserRow {
  return {
    id,
    version: 1,
    externalId: null,
    username: null,
    firstName: null,
    lastName: null,
    emailAddresses: [],
    primaryEmailAddressId: null,
    passwordHash: null,
    metadata: { public: {}, private: {}, unsafe: {} },
    lastSignInAt: null,
    lastActiveAt: null,
    createdAt: 1,
    updatedAt: 1,
    ...fields,
  }
}

const putUser = (row: UserRow): Transaction<void> => ({
  reads: [],
  decide: () => ({ writes: [{ put: 'users', row }], result: undefined }),
})

const deleteUser = (id: string): Transaction<void> => ({
  reads: [],
  decide: () => ({ writes: [{ delete: 'users', id }], result: undefined }),
})

/** Writes the versions of a user from one to another, each with its change; made at ten times the version. */
const changeUser = (id: string, from: number, to: number, more: readonly Write[] = []): Transaction<void> => ({
  reads: [{ collection: 'users', id }],
  decide: () => ({
    writes: [
      ...Array.from({ length: to - from + 1 }, (_, index) => from + index).flatMap((version): Write[] => [
        { put: 'users', row: newUser(id, { version, updatedAt: 10 * version }) },
        { append: newChange(id, version) },
      ]),
      ...more,
    ],
    result: undefined,
  }),
})

function newChange(userId: string, version: number, fields: Partial<ChangeRow> = {}): ChangeRow {
  return {
    userId,
    version,
    at: 10 * version,
    previousAt: version === 1 ? null : 10 * (version - 1),
    action: version === 1 ? 'create' : 'update',
    actor: { side: 'backend', keyId: 'k' },
    fields: ['public_metadata'],
    metadata: { public: { forward: { merge: { n: version } }, backward: { replace: { n: null } } } },
    ...fields,
  }
}

/** Reads a database in the smallest steps, each of which lets others run. */
function stepByStep(database: DatabaseSync): Reading {
  return {
    sql: (text) => database.prepare(text),
    openEntries: () => {},
    pause: () => new Promise((resolve) => setImmediate(resolve)),
    bounds: { few: 2, many: 4, compared: 2, counted: 3 },
  }
}

const increment = (id: string): Transaction<number> => ({
  reads: [{ collection: 'users', id }],
  decide(rows) {
    const user = rows.get('users', id)
    if (!user) throw new Error('not there')
    const row = { ...user, version: user.version + 1 }
    return { writes: [{ put: 'users', row }], result: row.version }
  },
})

describe.each(Object.entries(storages))('%s', (_, open) => {
  test('what is put is found, what is deleted is not', async () => {
    const storage = await open()
    const user = newUser('user_1', {
      firstName: 'Ada',
      metadata: { public: { toString: 'x' }, private: { n: null }, unsafe: { e: '😀' } },
    })
    await storage.transact(putUser(user))
    expect(await storage.find('users', 'user_1')).toEqual(user)
    await storage.transact({
      reads: [],
      decide: () => ({
        writes: [
          { delete: 'users', id: 'user_1' },
          { delete: 'users', id: 'nobody' },
        ],
        result: null,
      }),
    })
    expect(await storage.find('users', 'user_1')).toBeUndefined()
    await storage.close()
  })

  test('a barrier is passed once nothing from before is under way', async () => {
    const storage = await open()
    const writes = Array.from({ length: 50 }, (_, index) => storage.transact(putUser(newUser(`user_${index}`))))
    await storage.barrier()
    await Promise.all(writes)
    await storage.barrier()
    await storage.close()
  })

  test('a transaction that throws writes nothing and fails alone', async () => {
    const storage = await open()
    const failing: Transaction<void> = {
      reads: [],
      decide() {
        throw new RangeError('refused')
      },
    }
    const results = await Promise.allSettled([
      storage.transact(putUser(newUser('user_1'))),
      storage.transact(failing),
      storage.transact(increment('nobody')),
      storage.transact(increment('user_1')),
    ])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
    expect((await storage.find('users', 'user_1'))?.version).toBe(2)
    expect(await storage.countUsers({})).toBe(1)
    await storage.close()
  })

  test('changes of one row that arrive together are all made, in order', async () => {
    const storage = await open()
    await storage.transact(putUser(newUser('user_1')))
    const versions = await Promise.all(Array.from({ length: 500 }, () => storage.transact(increment('user_1'))))
    expect(versions).toEqual(Array.from({ length: 500 }, (_, index) => index + 2))
    await storage.close()
  })

  test('reading a row that the transaction does not name is a bug that shows', async () => {
    const storage = await open()
    const plan: Transaction<unknown> = {
      reads: [],
      decide: (rows) => ({ writes: [], result: rows.get('users', 'user_1') }),
    }
    await expect(storage.transact(plan)).rejects.toThrow(TypeError)
    await storage.close()
  })

  test('a row that was handed out does not change what is stored', async () => {
    const storage = await open()
    const row = newUser('user_1', { metadata: { public: { a: 1 }, private: {}, unsafe: {} } })
    await storage.transact(putUser(row))
    Reflect.set((await storage.find('users', 'user_1'))?.metadata.public as object, 'a', 2)
    Reflect.set(row.metadata.public as object, 'a', 3)
    expect((await storage.find('users', 'user_1'))?.metadata.public).toEqual({ a: 1 })
    await storage.close()
  })

  test('a user is found by every e-mail address, also the one that was added, and by none that is gone', async () => {
    const storage = await open()
    const address = (name: string) => ({ id: name, emailAddress: `${name}@Example.com`, createdAt: 1 })
    const user = newUser('user_1', { emailAddresses: [address('ada'), address('Bea')], primaryEmailAddressId: 'ada' })
    const count = (name: string) => storage.countUsers({ emailAddresses: [`${name}@example.com`] })
    await storage.transact(putUser(user))
    expect([await count('ada'), await count('bea'), await count('cleo')]).toEqual([1, 1, 0])
    await storage.transact(
      putUser({ ...user, emailAddresses: [address('Bea'), address('cleo')], primaryEmailAddressId: 'cleo' }),
    )
    expect([await count('ada'), await count('bea'), await count('cleo')]).toEqual([0, 1, 1])
    await storage.transact(deleteUser('user_1'))
    expect([await count('ada'), await count('bea'), await count('cleo')]).toEqual([0, 0, 0])
    await storage.close()
  })

  test('a query finds ids by their beginning, as it is written, and by no part within', async () => {
    const storage = await open()
    await storage.transact(putUser(newUser('user_1Abc', { firstName: 'Cleo' })))
    const found = (query: string) => storage.countUsers({ query })
    for (const beginning of ['u', 'user_', 'user_1A', 'user_1Abc']) expect(await found(beginning)).toBe(1)
    for (const other of ['user_1a', 'ser_', '1Abc', 'user_1Abcd']) expect(await found(other)).toBe(0)
    await storage.close()
  })

  test('the changes of a user are listed from the newest, page by page, and nobody else’s', async () => {
    const storage = await open()
    await storage.transact(changeUser('user_1', 1, 1))
    await Promise.all([changeUser('user_1', 2, 3), changeUser('user_2', 1, 4)].map((plan) => storage.transact(plan)))
    await storage.transact(changeUser('user_1', 4, 12))
    const versions = async (page: { before?: number; limit: number }) =>
      (await storage.listChanges('user_1', page)).map(({ version }) => version)
    expect(await versions({ limit: 5 })).toEqual([12, 11, 10, 9, 8])
    expect(await versions({ before: 8, limit: 5 })).toEqual([7, 6, 5, 4, 3])
    expect(await versions({ before: 3, limit: 5 })).toEqual([2, 1])
    expect(await versions({ before: 1, limit: 5 })).toEqual([])
    expect(await storage.listChanges('user_2', { limit: 1 })).toEqual([newChange('user_2', 4)])
    expect(await storage.listChanges('user_', { limit: 5 })).toEqual([])
    await storage.close()
  })

  test('changes are forgotten up to a version, and with the user, of whom that they were deleted is left', async () => {
    const storage = await open()
    await storage.transact(changeUser('user_1', 1, 5))
    await storage.transact(changeUser('user_2', 1, 5))
    await storage.transact(changeUser('user_1', 6, 7, [{ forgetChangesOf: 'user_1', before: 4 }]))
    const versions = async (userId: string) =>
      (await storage.listChanges(userId, { limit: 10 })).map(({ version }) => version)
    expect(await versions('user_1')).toEqual([7, 6, 5, 4])
    const deletion = newChange('user_1', 8, { previousAt: null, action: 'delete', metadata: {} })
    await Promise.all([
      storage.transact({
        reads: [{ collection: 'users', id: 'user_1' }],
        decide: () => ({
          writes: [{ forgetChangesOf: 'user_1' }, { append: deletion }, { delete: 'users', id: 'user_1' }],
          result: null,
        }),
      }),
      storage.transact(changeUser('user_2', 6, 6)),
    ])
    expect(await storage.listChanges('user_1', { limit: 10 })).toEqual([deletion])
    expect(await versions('user_2')).toEqual([6, 5, 4, 3, 2, 1])
    // One who comes and goes at once.
    await Promise.all([
      storage.transact(changeUser('user_3', 1, 2)),
      storage.transact(changeUser('user_3', 3, 3, [{ forgetChangesOf: 'user_3' }, { delete: 'users', id: 'user_3' }])),
    ])
    expect(await versions('user_3')).toEqual([])
    await storage.close()
  })

  test('changes are swept away from the oldest, a deletion with them', async () => {
    const storage = await open()
    await storage.transact(changeUser('user_1', 1, 5))
    await storage.transact({
      reads: [],
      decide: () => ({
        writes: [{ append: newChange('user_2', 3, { previousAt: null, action: 'delete' }) }],
        result: null,
      }),
    })
    const versions = async (userId: string) =>
      (await storage.listChanges(userId, { limit: 10 })).map(({ version }) => version)
    expect(await storage.sweep(0)).toBe(false)
    expect(await versions('user_1')).toEqual([5, 4, 3, 2, 1])
    await storage.sweep(0, 30)
    expect([await versions('user_1'), await versions('user_2')]).toEqual([[5, 4, 3], [3]])
    await storage.sweep(0, 31)
    expect([await versions('user_1'), await versions('user_2')]).toEqual([[5, 4], []])
    await storage.close()
  })

  test('what is dumped puts all that moves into another storage, as of one moment and in the order of bytes', async () => {
    const storage = await open()
    const ids = ['z', '\u{10000}', '\uffff', 'é', 'a', 'Z']
    const put = (id: string): Write => ({ put: 'identifiers', row: { id, userId: 'user_1' } })
    const change = { userId: 'user_1', version: 1, at: 5, previousAt: null, action: 'create' as const }
    const append = { ...change, actor: { side: 'server' as const }, fields: ['username'], metadata: {} }
    const staying: Write = { put: 'imports', row: { id: 'import', exportId: 'x', rows: 1 } }
    const user: Write = { put: 'users', row: newUser('user_1') }
    const writes = [user, ...ids.map(put), { append }, staying]
    await storage.transact({ reads: [], decide: () => ({ writes, result: null }) })
    const dumped: Write[] = []
    let later: Promise<unknown> | undefined
    for await (const some of storage.dump()) {
      dumped.push(...some)
      // Not waited for: it may be written only when the reading has ended.
      later ??= storage.transact(putUser(newUser('user_2')))
    }
    await later
    expect(dumped).toEqual([user, ...['Z', 'a', 'z', 'é', '\uffff', '\u{10000}'].map(put), { append }])
    expect(await storage.countUsers({})).toBe(2)
    await storage.close()
  })

  test('what is over is swept away', async () => {
    const storage = await open()
    const reply = (id: string, expireAt: number) =>
      ({ put: 'replies', row: { id, requestDigest: 'd', body: '{}', etag: null, expireAt } }) as const
    await storage.transact({ reads: [], decide: () => ({ writes: [reply('old', 5), reply('new', 50)], result: null }) })
    await storage.sweep(10)
    expect(await storage.find('replies', 'old')).toBeUndefined()
    expect(await storage.find('replies', 'new')).toBeDefined()
    await storage.close()
  })
})

const text = fc.constantFrom(
  'ada',
  'Ada',
  'ÉMILE',
  'émile',
  'a%b',
  'a_b',
  "o'neil",
  'zoë 字',
  'say "hi" OR*',
  '😀 e\u0301',
  '',
)
/** Some characters of a text, one and more, so that all ways of looking for parts are gone. */
const part = fc
  .tuple(
    fc.oneof(text, fc.constantFrom('user_1', 'ser_', 'ada@example.com', 'nobody')),
    fc.nat({ max: 6 }),
    fc.integer({ min: 1, max: 9 }),
  )
  .map(([whole, start, length]) => [...whole].slice(start, start + length).join(''))
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 1 })
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null })
const time = fc.integer({ min: 0, max: 6 })
/** What stands at an indexed path, of every type, some of them alike. */
const indexedValue = fc.constantFrom<JsonValue>(
  ...[
    0,
    -0,
    1,
    -1,
    1.5,
    -1e300,
    5e-324,
    'a',
    'A',
    'zoë 字',
    '😀',
    '',
    'x'.repeat(600),
    `${'x'.repeat(600)}y`,
    true,
    false,
    null,
  ],
  ...['2026-01-01', '2026-01-01T00:00:00Z', '2025-12-31T23:00:00.5-02:00', '2026-13-01', {}, []],
)
const comparison = fc.constantFrom('gt' as const, 'gte' as const, 'lt' as const, 'lte' as const)
const range = fc.tuple(comparison, comparison, indexedValue, indexedValue).map(([one, other, a, b]) => {
  const [first, second] = [keysBeyond(one, a) ?? everyKey, keysBeyond(other, b) ?? everyKey]
  return [inBoth(first, second)]
})
const condition: fc.Arbitrary<MetadataCondition> = fc.record({
  path: fc.constantFrom('public.v', 'private.deep.er', 'unsafe.never'),
  ranges: fc.oneof(
    indexedValue.map((value) => [keysEqualTo(value)]),
    fc.uniqueArray(indexedValue, { maxLength: 4, comparator: 'IsStrictlyEqual' }).map((all) => all.map(keysEqualTo)),
    range,
    fc.constant([everyKey]),
  ),
})
const user = fc
  .record({
    number: fc.integer({ min: 1, max: 30 }),
    externalId: maybe(text),
    username: maybe(text),
    firstName: maybe(text),
    lastName: maybe(text),
    emails: fc.array(text, { maxLength: 2 }),
    lastSignInAt: maybe(time),
    isBanned: fc.constantFrom(true, undefined),
    lastActiveAt: maybe(time),
    createdAt: time,
    updatedAt: time,
    v: optional(indexedValue),
    er: optional(indexedValue),
    indexed: fc.subarray(['public.v', 'private.deep.er', 'unsafe.never'], { minLength: 3 }),
  })
  .map(({ number, emails, v, er, ...fields }) => {
    const emailAddresses = emails.map((name, index) => ({
      id: `idn_${index}`,
      emailAddress: `${name}@example.com`,
      createdAt: 1,
    }))
    return newUser(`user_${String(number).padStart(2, '0')}`, {
      ...fields,
      metadata: {
        public: v === undefined ? {} : { v },
        private: er === undefined ? {} : { deep: { er } },
        unsafe: {},
      },
      emailAddresses,
      primaryEmailAddressId: emailAddresses[0]?.id ?? null,
    })
  })
const filter = fc
  .record({
    userIds: optional(fc.array(fc.constantFrom('user_01', 'user_02', 'user_03'), { minLength: 1 })),
    notUserIds: optional(fc.array(fc.constantFrom('user_01', 'user_02', 'user_03'), { minLength: 1 })),
    notExternalIds: optional(fc.array(text, { minLength: 1, maxLength: 2 })),
    isBanned: optional(fc.boolean()),
    externalIds: optional(fc.array(text, { minLength: 1, maxLength: 2 })),
    usernames: optional(fc.array(text, { minLength: 1, maxLength: 2 })),
    emailAddresses: optional(
      fc.array(
        text.map((name) => `${name}@EXAMPLE.com`),
        { minLength: 1, maxLength: 2 },
      ),
    ),
    query: optional(part),
    emailAddressQuery: optional(part),
    usernameQuery: optional(part),
    nameQuery: optional(part),
    createdAtBefore: optional(time),
    createdAtAfter: optional(time),
    lastSignInAtBefore: optional(time),
    lastSignInAtAfter: optional(time),
    lastActiveAtAfter: optional(time),
    lastActiveAtBefore: optional(time),
    metadata: optional(fc.array(condition, { minLength: 1, maxLength: 2 })),
  })
  .chain((all) => fc.nat({ max: 12 }).map((from) => ({ all, from })))
  .map(({ all, from }) => {
    // A few at a time, so that something is found.
    const given = Object.entries(all).filter(([, value]) => value !== undefined)
    return Object.fromEntries([...given, ...given].slice(from, from + 2)) as UserFilter
  })
const order = fc.constantFrom(
  'created_at',
  'updated_at',
  'last_sign_in_at',
  'last_active_at',
  'email_address',
  'username',
  'first_name',
  'last_name',
  'id',
)

test('all storages list, order, page and count alike', async () => {
  const postgres = await newPostgres()
  await fc.assert(
    fc.asyncProperty(
      fc.array(user, { maxLength: 20 }),
      fc.array(fc.constantFrom('user_04', 'user_05', 'user_06', 'user_30'), { maxLength: 3 }),
      fc.array(fc.tuple(filter, order, fc.boolean(), time), { minLength: 5, maxLength: 10 }),
      async (users, deleted, queries) => {
        const raw = new DatabaseSync(':memory:')
        const [memory, database] = [createMemoryStorage(), createSqliteStorage({ database: raw })]
        const everybody = await postgres.listUsers({
          filter: {},
          orderBy: 'id',
          direction: 'ascending',
          limit: 100,
          offset: 0,
        })
        await Promise.all(everybody.map(({ id }) => postgres.transact(deleteUser(id))))
        // Some are written in one commit, and some of them twice.
        for (const storage of [memory, database, postgres]) {
          await Promise.all(users.slice(5).map((row) => storage.transact(putUser(row))))
          for (const row of users.slice(0, 5)) await storage.transact(putUser(row))
          for (const id of deleted) await storage.transact(deleteUser(id))
        }
        for (const [wanted, orderBy, up, offset] of queries) {
          const query = {
            filter: wanted,
            orderBy,
            direction: up ? 'ascending' : 'descending',
            limit: 5,
            offset,
          } as UserQuery
          for (const storage of [database, postgres]) {
            expect(await storage.listUsers(query)).toEqual(await memory.listUsers(query))
            expect(await storage.countUsers(wanted)).toBe(await memory.countUsers(wanted))
          }
          const [after] = users
          const paged: UserQuery = {
            ...query,
            orderBy: 'created_at',
            offset: 0,
            after: after && (await memory.find('users', after.id)),
          }
          expect(await database.listUsers(paged)).toEqual(await memory.listUsers(paged))
          expect(await postgres.listUsers(paged)).toEqual(await memory.listUsers(paged))
          // As a table does that is a thousand times larger.
          for (const asked of [query, paged]) {
            expect(await listUsers(stepByStep(raw), asked)).toEqual(await memory.listUsers(asked))
          }
          expect(await countUsers(stepByStep(raw), wanted)).toBe(await memory.countUsers(wanted))
        }
        await database.close()
      },
    ),
    { numRuns: scaled(300) },
  )
  await postgres.close()
})

test('a SQLite file that is opened again holds everything, and is whole', async () => {
  const path = await newFile()
  const first = sqlite(path)
  const pending = Array.from({ length: 50 }, (_, index) => first.transact(putUser(newUser(`user_${index}`))))
  // Closing waits for what is under way.
  await first.close()
  await Promise.all(pending)
  await expect(first.transact(putUser(newUser('user_x')))).rejects.toThrow('closed')
  const second = sqlite(path)
  expect(await second.countUsers({})).toBe(50)
  await second.close()
  const raw = new DatabaseSync(path)
  expect(raw.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
  expect(raw.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
  raw.exec('PRAGMA user_version = 99')
  raw.close()
  expect(() => sqlite(path)).toThrow('newer @acme/server')
})

test('writes that fail in the database fail alone', async () => {
  const storage = sqlite(':memory:')
  const broken = newUser('user_2', { createdAt: null as unknown as number })
  const results = await Promise.allSettled([
    storage.transact(putUser(newUser('user_1'))),
    storage.transact(putUser(broken)),
    storage.transact(increment('user_1')),
  ])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect((await storage.find('users', 'user_1'))?.version).toBe(2)
  expect(await storage.countUsers({})).toBe(1)
  await storage.close()
})

test('two connections to a SQLite file find at once what either wrote, and never what was undone', async () => {
  const ids = ['user_1', 'user_2', 'user_3'] as const
  const step = fc.record({
    by: fc.constantFrom(0, 1),
    id: fc.constantFrom(...ids),
    does: fc.constantFrom('put', 'delete', 'increment', 'fail'),
    reader: fc.constantFrom(0, 1),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const path = await newFile()
      const connections = [sqlite(path), sqlite(path)] as const
      const model = new Map<string, number>()
      for (const [index, { by, id, does, reader }] of steps.entries()) {
        const storage = connections[by as 0 | 1]
        const known = model.get(id)
        if (does === 'put') {
          await storage.transact(putUser(newUser(id, { version: 100 * index })))
          model.set(id, 100 * index)
        } else if (does === 'delete') {
          await storage.transact(deleteUser(id))
          model.delete(id)
        } else if (does === 'increment' && known !== undefined) {
          await storage.transact(increment(id))
          model.set(id, known + 1)
        } else if (does === 'fail') {
          const broken = { put: 'users', row: newUser('user_4', { createdAt: null as unknown as number }) } as const
          const writes = [{ put: 'users', row: newUser(id, { version: -1 }) } as const, broken]
          const reads = [{ collection: 'users', id } as const]
          const undone = storage.transact({ reads, decide: (rows) => ({ writes, result: rows.get('users', id) }) })
          await expect(undone).rejects.toThrow()
        }
        expect((await connections[reader as 0 | 1].find('users', id))?.version).toBe(model.get(id))
      }
      for (const storage of connections) {
        for (const id of ids) expect((await storage.find('users', id))?.version).toBe(model.get(id))
        await storage.close()
      }
    }),
    { numRuns: scaled(100) },
  )
})

test('a database of the first schema is brought up, and lists as one that was written anew', async () => {
  const path = await newFile()
  const old = new DatabaseSync(path)
  old.exec(`
    PRAGMA journal_mode = WAL;
    CREATE TABLE users (id TEXT NOT NULL UNIQUE, data TEXT NOT NULL, external_id TEXT, username TEXT, email_address TEXT,
      first_name TEXT, last_name TEXT, email_addresses TEXT NOT NULL, name TEXT NOT NULL, search TEXT NOT NULL,
      created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, last_sign_in_at INTEGER, last_active_at INTEGER);
    CREATE INDEX users_by_created_at ON users (created_at, id);
    CREATE TABLE sessions (id TEXT NOT NULL UNIQUE, data TEXT NOT NULL, user_id TEXT NOT NULL, created_at INTEGER NOT NULL);
    CREATE INDEX sessions_by_user ON sessions (user_id);
    CREATE TABLE rows (collection TEXT NOT NULL, id TEXT NOT NULL, data TEXT NOT NULL, expire_at INTEGER, UNIQUE (collection, id));
    CREATE INDEX rows_by_expiry ON rows (expire_at) WHERE expire_at IS NOT NULL;
    PRAGMA user_version = 1;`)
  const email = (name: string) => ({ id: name, emailAddress: `${name}@example.com`, createdAt: 1 })
  const users = [
    newUser('user_1', {
      firstName: 'Émile',
      emailAddresses: [email('a\\n'), email('ÀB')],
      primaryEmailAddressId: 'ÀB',
    }),
    newUser('user_2', { username: 'Ada', externalId: 'Ext', isBanned: true, lastSignInAt: 5, createdAt: 2 }),
    newUser('user_3', { emailAddresses: [email('none-primary')] }),
    newUser('user_4', { emailAddresses: [email('only')], primaryEmailAddressId: 'only', lastName: 'Zoë' }),
  ]
  const texts = [
    [null, null, 'àb@example.com', 'émile', null, 'a\\n@example.com\nàb@example.com', 'émile'],
    ['ext', 'ada', null, null, null, '', ''],
    [null, null, null, null, null, 'none-primary@example.com', ''],
    [null, null, 'only@example.com', null, 'zoë', 'only@example.com', 'zoë'],
  ]
  for (const [index, row] of users.entries()) {
    const times = [row.createdAt, row.updatedAt, row.lastSignInAt, row.lastActiveAt]
    const values = [row.id, JSON.stringify(row), ...(texts[index] ?? []), 'unused', ...times]
    old.prepare(`INSERT INTO users VALUES (${values.map(() => '?').join(', ')})`).run(...values)
  }
  old.close()

  await sqlite(path).close()
  const anew = await newFile()
  const fresh = sqlite(anew)
  for (const row of users) await fresh.transact(putUser(row))
  await fresh.close()
  const contentOf = (file: string) => {
    const database = new DatabaseSync(file)
    const all = (sql: string) => database.prepare(sql).all()
    const content = [
      all(`SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'user_parts_%' ORDER BY name`),
      ...['users', 'other_email_addresses', 'totals', 'user_part_terms'].map((table) => all(`SELECT * FROM ${table}`)),
      all('PRAGMA integrity_check'),
    ]
    database.close()
    return content
  }
  expect(contentOf(path)).toEqual(contentOf(anew))
})

test('on PostgreSQL a barrier waits for a transaction of another connection, and for none that began later', async () => {
  const { url, drop } = await newDatabase()
  onTestFinished(drop)
  const storage = await createPostgresStorage({ url })
  const [earlier, later] = [postgres(url, { max: 1 }), postgres(url, { max: 1 })]
  const ends = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const hold = (sql: typeof earlier, end: Promise<void>) => {
    const begun = Promise.withResolvers<void>()
    const done = sql.begin(async (own) => {
      await own`SELECT 1`
      begun.resolve()
      await end
    })
    return { begun: begun.promise, done }
  }
  const first = hold(earlier, (ends[0] as (typeof ends)[0]).promise)
  await first.begun
  let isPassed = false
  const passed = storage.barrier().then(() => {
    isPassed = true
  })
  await new Promise((resolve) => setTimeout(resolve, 100))
  const second = hold(later, (ends[1] as (typeof ends)[1]).promise)
  await second.begun
  expect(isPassed).toBe(false)
  ends[0]?.resolve()
  await passed
  ends[1]?.resolve()
  await Promise.all([first.done, second.done])
  await Promise.all([earlier.end(), later.end()])
  await storage.close()
})
