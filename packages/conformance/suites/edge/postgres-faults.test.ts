import { type Backend, createBackend } from '@acme/backend'
import { formatPublishableKey, isAcmeError } from '@acme/schema'
import { createPbkdf2Passwords, createServer, type LogEntry } from '@acme/server'
import { serve } from '@acme/server/node'
import { createPostgresStorage } from '@acme/server/postgres'
import postgres from 'postgres'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { newDatabase } from '../../new-database.ts'
import { secretKey } from '../../place.ts'
import { type PostgresProxy, type StatementFault, startPostgresProxy } from '../../postgres-proxy.ts'
import { scaled } from '../../scaled.ts'

let url: string
let address: string
let proxy: PostgresProxy
let backend: Backend<unknown>
/** A client that has not met the server, and so asks once. */
let stranger: () => Backend<unknown>
let log: LogEntry[]

beforeEach(async () => {
  const database = await newDatabase()
  url = database.url
  proxy = await startPostgresProxy(url)
  log = []
  const late: { server?: Awaited<ReturnType<typeof createServer>> } = {}
  const listening = await serve({
    fetch: async (request, info) => late.server?.fetch(request, info) ?? new Response(null, { status: 503 }),
  })
  const publishableKey = formatPublishableKey({ instanceType: 'test', host: new URL(listening.url).host })
  late.server = await createServer({
    storage: await createPostgresStorage({ url: proxy.url }),
    publishableKey,
    secretKeys: [secretKey],
    passwords: createPbkdf2Passwords({ iterations: 1 }),
    log: (entry) => log.push(entry),
  })
  address = listening.url
  stranger = () => createBackend<unknown>({ secretKey, apiUrl: listening.url })
  backend = stranger()
  onTestFinished(async () => {
    await listening.close()
    await late.server?.close()
    await proxy.close()
    await database.drop()
  })
})

const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  )

/** Asks the database itself, past the proxy. */
async function execute(statement: string): Promise<readonly Record<string, unknown>[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  const rows = await sql.unsafe(statement)
  await sql.end()
  return [...rows]
}

const faults: Record<string, StatementFault> = {
  'a serialization failure': { sqlState: '40001' },
  'a deadlock': { sqlState: '40P01' },
  'a shutdown': { sqlState: '57P01' },
  'a connection reset before': 'reset before',
  'a connection reset after': 'reset after',
}

test.each(Object.entries(faults))('%s at any one statement of a write loses and repeats nothing', async (_, fault) => {
  let isHit = true
  let applied = 0
  const users = new Set<string>()
  for (let at = 1; isHit; at++) {
    const username = `user_${at}`
    proxy.fail(fault, at)
    // A name that is held by nobody yet, so that what happens twice would be refused.
    const outcome = await failureOf(backend.users.createUser({ username, publicMetadata: { at } }))
    isHit = proxy.count() >= at
    proxy.heal()
    const kept = await backend.users.getUserList({ username: [username] })
    if (outcome !== undefined) {
      expect(isAcmeError(outcome) && outcome.outcome).not.toBe('applied')
      if ((outcome as { outcome?: unknown }).outcome === 'not_applied') expect(kept.data).toEqual([])
    } else {
      expect(kept.data).toHaveLength(1)
      applied++
    }
    for (const { id } of kept.data) users.add(id)
    // The next is a change of a user who is there, whose version tells how often it was made.
    const [user] = kept.data
    if (!user) continue
    proxy.fail(fault, at)
    const change = await failureOf(backend.users.updateUserMetadata(user.id, { publicMetadata: { changed: at } }))
    proxy.heal()
    const { version } = await backend.users.getUser(user.id)
    expect([1, 2]).toContain(version)
    if (change === undefined) expect(version).toBe(2)
    else if ((change as { outcome?: unknown }).outcome === 'not_applied') expect(version).toBe(1)
    else expect(isAcmeError(change)).toBe(true)
  }
  expect(await backend.users.getCount()).toBe(users.size)
  // The SDK, which repeats by its idempotency key, gets through all of them.
  expect(applied).toBe(users.size)
  expect(JSON.stringify(log)).not.toContain('canary')
})

test('connections that are reset at any moment give nobody what somebody else has asked for', async () => {
  const users = await Promise.all(
    Array.from({ length: 8 }, (_, index) => backend.users.createUser({ username: `user_${index}` })),
  )
  const wrong: unknown[] = []
  for (let round = 0; round < scaled(40, 10); round++) {
    proxy.fail(round % 2 === 0 ? 'reset before' : 'reset after', 1 + (round % 16))
    await Promise.all(
      users.flatMap(({ id }, index) => [
        backend.users.getUser(id).then(
          (user) => user.id !== id && wrong.push([id, user.id]),
          () => {},
        ),
        backend.users.updateUserMetadata(id, { publicMetadata: { index, round } }).then(
          (user) => (user.id !== id || user.publicMetadata['index'] !== index) && wrong.push([id, user.id]),
          () => {},
        ),
      ]),
    )
  }
  expect(wrong).toEqual([])
})

test.each([
  ['serialization failures', '40001', 503, 'storage_busy'],
  ['a full disk', '53100', 507, 'storage_full'],
  ['a standby', '25006', 503, 'storage_read_only'],
  ['too many connections', '53300', 503, 'storage_unreachable'],
])(
  '%s for as long as anybody waits are told, nothing is done, and all is well afterwards',
  async (_, sqlState, status, code) => {
    const { id } = await backend.users.createUser({ username: 'ada' })
    // By the second statement, so that the first reads of a request go through: who asks, and whether it was done before.
    proxy.fail({ sqlState }, 3, Number.POSITIVE_INFINITY)
    const refused = await failureOf(stranger().users.updateUser(id, { firstName: 'Ada' }))
    expect(refused).toMatchObject({ status, code, outcome: 'not_applied' })
    proxy.heal()
    expect(await backend.users.getUser(id)).toMatchObject({ version: 1, firstName: null })
    expect(await backend.users.updateUser(id, { firstName: 'Ada' })).toMatchObject({ version: 2 })
    expect(log.find(({ fault }) => fault)?.fault).toMatchObject({ name: 'StorageError', cause: { code: sqlState } })
    expect(JSON.stringify(log)).not.toContain('canary')
  },
)

test('a database that was set to reading alone is still read, says why, and goes on when it may be written', async () => {
  const { id } = await backend.users.createUser({ username: 'ada' })
  await setReadOnly('on')
  expect(await failureOf(backend.users.updateUser(id, { firstName: 'Ada' }))).toMatchObject({
    status: 503,
    code: 'storage_read_only',
    outcome: 'not_applied',
  })
  expect(await backend.users.getUser(id)).toMatchObject({ version: 1 })
  expect(await backend.users.getCount()).toBe(1)
  await setReadOnly('off')
  expect(await backend.users.updateUser(id, { firstName: 'Ada' })).toMatchObject({ version: 2 })
})

/** As an operator does: for the sessions that begin from now on, which all do. */
async function setReadOnly(value: 'on' | 'off'): Promise<void> {
  const name = new URL(url).pathname.slice(1)
  await execute(`BEGIN READ WRITE; ALTER DATABASE ${name} SET default_transaction_read_only = ${value}; COMMIT`)
  await execute(
    `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '${name}' AND pid <> pg_backend_pid()`,
  )
}

test('a row that somebody else holds is waited for and then said to be busy, while others are read and written', async () => {
  const [ada, bea] = await Promise.all(['ada', 'bea'].map((username) => backend.users.createUser({ username })))
  const held = await hold(`SELECT id FROM users WHERE id = '${ada?.id}' FOR UPDATE`)
  const busy = failureOf(stranger().users.updateUser(`${ada?.id}`, { firstName: 'Ada' }))
  expect(await backend.users.getUser(`${ada?.id}`)).toMatchObject({ version: 1 })
  expect(await backend.users.updateUser(`${bea?.id}`, { firstName: 'Bea' })).toMatchObject({ version: 2 })
  expect(await busy).toMatchObject({ code: 'storage_busy', status: 503, outcome: 'not_applied' })
  const waiting = backend.users.updateUser(`${ada?.id}`, { firstName: 'Ada' })
  await held.release()
  expect(await waiting).toMatchObject({ version: 2 })
})

test('a table that somebody else holds keeps nobody waiting for ever, and all is well when it is free', async () => {
  const { id } = await backend.users.createUser({ username: 'ada' })
  const held = await hold('LOCK TABLE users')
  const read = fetch(`${address}/v1/users/${id}`, { headers: { authorization: `Bearer ${secretKey}` } })
  expect(await failureOf(stranger().users.updateUser(id, { firstName: 'Ada' }))).toMatchObject({
    code: 'storage_busy',
    outcome: 'not_applied',
  })
  expect((await read).status).toBe(503)
  await held.release()
  expect(await backend.users.updateUser(id, { firstName: 'Ada' })).toMatchObject({ version: 2 })
})

/** Begins a transaction that holds something until it is released. */
async function hold(statement: string): Promise<{ release(): Promise<void> }> {
  const sql = postgres(url, { max: 1 })
  await sql.unsafe('BEGIN')
  await sql.unsafe(statement)
  return { release: () => sql.end() }
}

test('a server beside a newer one that has brought the database further writes no more, and goes on reading', async () => {
  const { id } = await backend.users.createUser({ username: 'ada' })
  await execute('UPDATE acme_schema SET version = version + 1')
  await expect
    .poll(() => failureOf(stranger().users.updateUser(id, { lastName: 'Lovelace' })))
    .toMatchObject({ status: 503, code: 'storage_outdated', outcome: 'not_applied' })
  expect((await backend.users.getUser(id)).username).toBe('ada')
  await execute('UPDATE acme_schema SET version = version - 1')
  expect(await backend.users.updateUser(id, { firstName: 'Ada' })).toMatchObject({ firstName: 'Ada' })
})

test('nothing is asked of the database that a session would have to remember', async () => {
  await backend.users.createUser({ username: 'ada' })
  await backend.users.getUserList({ query: 'ada' })
  const session = proxy
    .texts()
    .filter((text) => /^\s*(set(?! local)|listen|prepare|declare|lock)\b|advisory|nextval|temp /i.test(text))
  expect(session).toEqual([])
})
