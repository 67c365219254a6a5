import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { type Backend, createBackend } from '@acme/backend'
import { createFrontend, type Frontend, fetchWithoutCookies } from '@acme/frontend'
import { formatPublishableKey } from '@acme/schema'
import { createPbkdf2Passwords, createServer, type LogEntry } from '@acme/server'
import { serve } from '@acme/server/node'
import { createSqliteStorage } from '@acme/server/sqlite'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { secretKey } from '../../place.ts'

let database: DatabaseSync
let path: string
let isDiskFailing: boolean
let log: LogEntry[]
let backend: Backend<unknown>
let stranger: () => Backend<unknown>
let frontend: Frontend<unknown>
let userId: string

beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'acme-faults-'))
  path = join(folder, 'acme.db')
  database = new DatabaseSync(path)
  isDiskFailing = false
  log = []
  const late: { server?: Awaited<ReturnType<typeof createServer>> } = {}
  const listening = await serve({
    fetch: async (request, info) => late.server?.fetch(request, info) ?? new Response(null, { status: 503 }),
  })
  const publishableKey = formatPublishableKey({ instanceType: 'test', host: new URL(listening.url).host })
  const server = await createServer({
    storage: createSqliteStorage({
      database: { exec: (sql) => database.exec(sql), prepare, close: () => database.close() },
    }),
    publishableKey,
    secretKeys: [secretKey],
    passwords: createPbkdf2Passwords({ iterations: 1 }),
    log: (entry) => log.push(entry),
  })
  late.server = server
  stranger = () => createBackend<unknown>({ secretKey, apiUrl: listening.url })
  backend = stranger()
  const user = await backend.users.createUser({ username: 'ada', privateMetadata: { key: 'canary' } })
  userId = user.id
  const tokens = new Map([['token', await server.signIn(userId)]])
  const store = { get: () => tokens.get('token') ?? null, set: (token: string) => void tokens.set('token', token) }
  frontend = createFrontend<unknown>({ publishableKey, fetch: fetchWithoutCookies(store) })
  await frontend.load()
  onTestFinished(async () => {
    await listening.close()
    await server.close()
    await rm(folder, { recursive: true })
  })
})

/** Prepares a statement; the commit of a disk that fails reports it as SQLite does. */
function prepare(sql: string): StatementSync {
  const statement = database.prepare(sql)
  if (sql !== 'COMMIT') return statement
  const commit = statement.run.bind(statement)
  const failure = { code: 'ERR_SQLITE_ERROR', errcode: 1_034, errstr: 'disk I/O error' }
  const run = (...values: SQLInputValue[]) => {
    if (isDiskFailing) throw Object.assign(new Error('canary of a message'), failure)
    return commit(...values)
  }
  return Object.assign(statement, { run })
}

const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  )
const setFiller = (length: number) =>
  backend.users.updateUser(userId, { publicMetadata: { filler: 'canary'.repeat(length) } })

/** Everything that was logged, as text. */
const logged = () => JSON.stringify(log)

test('a database with no room left says so, keeps what it has, and goes on when there is room again', async () => {
  const pages = Object.values(database.prepare('PRAGMA page_count').get() as object)[0]
  database.exec(`PRAGMA max_page_count = ${pages}`)
  let refused: unknown
  // Until the pages that there are have filled up.
  for (let index = 0; !refused && index < 200; index++) {
    refused = await failureOf(
      backend.users.createUser({ username: `user_${index}`, publicMetadata: { filler: 'canary'.repeat(900) } }),
    )
  }
  expect(refused).toMatchObject({ code: 'storage_full', status: 507, outcome: 'not_applied' })
  expect(await failureOf(setFiller(1_200))).toMatchObject({ code: 'storage_full', outcome: 'not_applied' })
  expect((await backend.users.getUser(userId)).version).toBe(1)
  expect(log.findLast(({ fault }) => fault)?.fault).toMatchObject({
    name: 'StorageError',
    code: 'full',
    frames: expect.arrayContaining([expect.stringContaining('.ts:')]),
    cause: { code: 'ERR_SQLITE_ERROR', reason: 'database or disk is full' },
  })
  database.exec('PRAGMA max_page_count = 100000')
  expect((await setFiller(1_200)).version).toBe(2)
  expect(logged()).not.toContain('canary')
})

test('a database that cannot be written is still read, says why, and goes on when it can', async () => {
  database.exec('PRAGMA query_only = 1')
  expect(await failureOf(setFiller(1))).toMatchObject({
    code: 'storage_read_only',
    status: 503,
    outcome: 'not_applied',
  })
  expect(await failureOf(Promise.resolve(frontend.user?.updateMetadata({ unsafeMetadata: { a: 1 } })))).toMatchObject({
    code: 'storage_read_only',
    outcome: 'not_applied',
  })
  expect((await backend.users.getUser(userId)).version).toBe(1)
  expect(await backend.users.getCount()).toBe(1)
  expect(log.find(({ fault }) => fault)?.fault).toMatchObject({
    code: 'read_only',
    cause: { reason: expect.any(String) },
  })
  database.exec('PRAGMA query_only = 0')
  expect((await setFiller(1)).version).toBe(2)
})

test('a database that another process holds is waited for, without anybody else waiting, and then said to be busy', async () => {
  const other = new DatabaseSync(path)
  other.exec('BEGIN EXCLUSIVE')
  const writes = [setFiller(1), setFiller(2)].map((write) => failureOf(write))
  // Meanwhile others are answered.
  expect((await backend.users.getUser(userId)).version).toBe(1)
  other.exec('COMMIT')
  expect(await Promise.all(writes)).toEqual([undefined, undefined])

  other.exec('BEGIN EXCLUSIVE')
  // By a client that has not met the server, and so asks once.
  const busy = failureOf(stranger().users.updateUser(userId, { firstName: 'Ada' }))
  expect(await busy).toMatchObject({ code: 'storage_busy', status: 503, outcome: 'not_applied', retryAfter: 1 })
  other.exec('COMMIT')
  other.close()
  expect((await setFiller(3)).version).toBe(4)
})

test('a commit that fails in a way that tells nothing has an unknown outcome, and its cause is logged', async () => {
  isDiskFailing = true
  const error = await failureOf(stranger().users.updateUser(userId, { firstName: 'Ada' }))
  expect(error).toMatchObject({ code: 'internal_clerk_error', status: 500, outcome: 'unknown' })
  expect(log.findLast(({ fault }) => fault)?.fault).toMatchObject({
    name: 'Error',
    reason: 'disk I/O error',
  })
  expect(logged()).not.toContain('canary')
  isDiskFailing = false
  expect((await setFiller(1)).version).toBe(2)
})

test('what is logged of a fault holds no value, whatever the error quotes', async () => {
  // Text that is no JSON is quoted by the error of JSON.parse.
  const other = new DatabaseSync(path)
  other.exec(`UPDATE users SET data = 'canary of a row that was damaged'`)
  other.close()
  expect(await failureOf(backend.users.getUser(userId))).toMatchObject({ status: 500 })
  expect(log.findLast(({ fault }) => fault)?.fault).toMatchObject({
    name: 'SyntaxError',
    frames: expect.arrayContaining([expect.stringContaining('JSON.parse')]),
  })
  expect(logged()).not.toContain('canary')
})
