import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import postgres from 'postgres'
import { describe, expect, onTestFinished, test } from 'vitest'
import { newDatabase } from '../../conformance/new-database.ts'
import { defaultHistory } from '../src/domain/changes/record-change.ts'
import { type ErasureOptions, eraseUser } from '../src/domain/erasure/erase-user.ts'
import { exportUser } from '../src/domain/erasure/export-user.ts'
import { traces } from '../src/domain/erasure/traces.ts'
import { createSealer } from '../src/node/create-sealer.ts'
import { createMemoryStorage } from '../src/storage/memory/memory-storage.ts'
import { createPostgresStorage } from '../src/storage/postgres/postgres-storage.ts'
import { readWhenNeeded } from '../src/storage/read-when-needed.ts'
import { type Collection, collections } from '../src/storage/rows.ts'
import { sealStorage } from '../src/storage/sealed/sealed-storage.ts'
import { createSqliteStorage } from '../src/storage/sqlite/sqlite-storage.ts'
import type { Storage } from '../src/storage/storage.ts'
import { canary, leaveCanaries } from './canary-user.ts'
import { newBrowser, sendBackend, signUp } from './setup.ts'

/** A database, another process on it, and all that it holds as one text. */
interface Database {
  open(): Promise<Storage>
  read(): Promise<string>
}

const databases: Record<string, () => Promise<Database>> = {
  memory: async () => {
    const storage = createMemoryStorage()
    return { open: async () => ({ ...storage, close: async () => {} }), read: () => readAll(storage) }
  },
  // The bytes of its files.
  SQLite: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'acme-erasure-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const file = join(folder, 'acme.db')
    return {
      open: async () => createSqliteStorage({ database: new DatabaseSync(file) }),
      read: async () => (await readFile(file, 'latin1')) + (await readFile(`${file}-wal`, 'latin1')),
    }
  },
  'SQLite, sealed': async () => {
    const database = await (databases['SQLite'] as () => Promise<Database>)()
    const sealer = createSealer({ key: randomBytes(32), previous: [] })
    return { ...database, open: async () => sealStorage(await database.open(), { sealer, sealsMetadata: false }) }
  },
  // Every value of every row of every table.
  PostgreSQL: async () => {
    const { url, drop } = await newDatabase()
    onTestFinished(drop)
    return { open: () => createPostgresStorage({ url }), read: () => readTables(url) }
  },
}

async function readAll(storage: Storage): Promise<string> {
  let text = ''
  for await (const writes of storage.dump()) text += JSON.stringify(writes)
  return text
}

async function readTables(url: string): Promise<string> {
  const sql = postgres(url, { onnotice: () => {} })
  const tables = await sql`SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()`
  const texts = await Promise.all(tables.map(({ name }) => sql`SELECT to_jsonb(t)::text AS text FROM ${sql(name)} t`))
  await sql.end()
  return texts
    .flat()
    .map(({ text }) => text)
    .join('\n')
}

const options: ErasureOptions = { wait: 30_000, forgetsUntold: false, rewrites: true }
const erase = (storage: Storage, id: string, some: Partial<ErasureOptions> = {}) =>
  eraseUser({ storage: readWhenNeeded(storage), clock: Date.now, history: defaultHistory }, id, { ...options, ...some })

describe.each(Object.entries(databases))('on %s', (name, start) => {
  test('a user is exported whole and erased whole, and whoever shares something with them keeps it', async () => {
    const { open, read } = await start()
    const left = await leaveCanaries(await open())
    const { server, userId, otherId, browser, endpoint, bulk } = left
    const storage = await open()
    onTestFinished(() => storage.close())
    const found = new Set((await read()).match(new RegExp(`${canary}\\d+x`, 'g')))
    expect(found.size).toBeGreaterThan(20)

    const exported = await exportUser(storage, userId, Date.now())
    const text = JSON.stringify(exported)
    // What they were called before is in no row any more: of fields the history names what changed, and no value.
    const kept = new Set((await readAll(storage)).match(new RegExp(`${canary}\\d+x`, 'g')))
    expect([...kept].filter((one) => !text.includes(one))).toEqual([])
    expect(text).not.toMatch(/passwordHash|"\w*[dD]igest"/)
    expect(text).not.toContain(otherId)
    const named = (Object.keys(traces) as Collection[]).filter((one) => traces[one] !== 'names nobody')
    expect(Object.keys(exported.rows).sort()).toEqual(named.filter((one) => one !== 'users').sort())

    // The server that runs delivers what the erasure waits for.
    const delivering = setInterval(() => void server.deliverWebhooks(), 50)
    onTestFinished(() => clearInterval(delivering))
    const receipt = await erase(storage, userId)
    clearInterval(delivering)
    expect(receipt.untold).toBe(0)
    expect(endpoint.received.at(-1)?.json).toMatchObject({ type: 'user.deleted', data: { id: userId } })
    expect(Object.keys({ ...receipt.removed, ...receipt.changed }).sort()).toEqual([...named, 'history'].sort())
    expect(receipt.remains.length > 0).toBe(name === 'PostgreSQL')
    const after = `${await read()}${await readAll(storage)}${JSON.stringify(receipt)}`
    for (const trace of [canary, userId]) expect(after.toLowerCase().split(trace.toLowerCase()).length - 1).toBe(0)
    await expect(erase(storage, userId)).rejects.toMatchObject({ status: 404 })

    // Somebody else was signed in on the same browser, and their writes are not made again.
    const { json } = await browser.send('GET', '/v1/client')
    expect(json.response.sessions.map((one: { user: { id: string } }) => one.user.id)).toEqual([otherId])
    const again = await sendBackend(server, 'PATCH', '/v1/users/metadata', bulk.body, { 'idempotency-key': bulk.key })
    expect([again.status, again.json.errors[0].code]).toEqual([410, 'idempotency_reply_gone'])
    const [{ version }] = (await sendBackend(server, 'GET', `/v1/users?user_id=${otherId}`)).json
    expect(version).toBe(2)
    // Who comes next may have all of it.
    expect(await signUp(newBrowser(server), left.username)).toMatch(/^user_/)
    await server.close()
  })

  test('an endpoint that is not told yet keeps the event alone, until it is told or given up', async () => {
    const { open, read } = await start()
    const { server, userId, endpoint } = await leaveCanaries(await open())
    endpoint.answer = () => 500
    const storage = await open()
    onTestFinished(() => storage.close())
    const receipt = await erase(storage, userId, { wait: 0, rewrites: false })
    expect(receipt.untold).toBe(1)
    const { rows, history } = await exportUser(storage, userId, Date.now())
    expect([Object.keys(rows), history]).toEqual([['webhookDeliveries'], []])

    const { removed, untold } = await erase(storage, userId, { forgetsUntold: true })
    expect([removed, untold]).toEqual([{ webhookDeliveries: 1 }, 0])
    expect(await read()).not.toContain(userId)
    await server.close()
  })
})

test('parts of texts find the same users after SQLite has written its file anew', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'acme-erasure-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'acme.db')
  const storage = createSqliteStorage({ database: new DatabaseSync(file) })
  const { server, userId } = await leaveCanaries(storage)
  const letter = 'ꙮ'
  await sendBackend(server, 'PATCH', `/v1/users/${userId}`, { first_name: letter.repeat(4) })
  const people: string[] = []
  for (let index = 0; index < 40; index++) {
    people.push((await sendBackend(server, 'POST', '/v1/users', { username: `neighbor_${index}_${index}` })).json.id)
  }
  // Gaps, which a table that is written anew may close.
  for (const id of people.splice(3, 20)) await sendBackend(server, 'DELETE', `/v1/users/${id}`)
  await erase(storage, userId, { forgetsUntold: true })
  const finds = async (part: string) => (await sendBackend(server, 'GET', `/v1/users?query=${part}`)).json
  for (const [index, id] of people.entries()) {
    const number = index < 3 ? index : index + 20
    expect((await finds(`bor_${number}_${number}`)).map((one: { id: string }) => one.id)).toEqual([id])
  }
  // Nor does the index of parts keep one of theirs: by a letter that nothing else there begins with.
  expect(await readFile(file, 'utf8')).not.toContain(letter)
  await server.close()
})

test('SQLite writes its file anew by way of the disk, and finds by metadata what it found before', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'acme-erasure-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const database = new DatabaseSync(join(folder, 'acme.db'))
  const run = database.exec.bind(database)
  const places: unknown[] = []
  database.exec = (text) => {
    if (text.includes('VACUUM')) places.push(database.prepare('PRAGMA temp_store').get())
    return run(text)
  }
  const storage = createSqliteStorage({ database })
  const { server, userId, otherId } = await leaveCanaries(storage)
  const put = (plan: string) =>
    sendBackend(server, 'PATCH', `/v1/users/${otherId}/metadata`, { public_metadata: { plan } })
  const finds = async (plan: string) => {
    const { json } = await sendBackend(server, 'GET', `/v1/users?metadata[public][plan]="${plan}"`)
    return json.map(({ id }: { id: string }) => id)
  }
  await put('before')
  await erase(storage, userId, { forgetsUntold: true })
  // 1: files. In memory it would be as large there as the database is.
  expect(places).toEqual([{ temp_store: 1 }])
  expect(await finds('before')).toEqual([otherId])
  await put('after')
  expect([await finds('before'), await finds('after')]).toEqual([[], [otherId]])
  await server.close()
})

test('every collection says how it names users, and one that stays where it is names none', () => {
  expect(Object.keys(traces).sort()).toEqual(Object.keys(collections).sort())
  const names = (Object.keys(traces) as Collection[]).filter((one) => traces[one] !== 'names nobody')
  expect(names.filter((one) => collections[one] === 'stays')).toEqual([])
})
