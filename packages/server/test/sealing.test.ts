import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { newDatabase } from '../../conformance/new-database.ts'
import { scaled } from '../../conformance/scaled.ts'
import { keyAge } from '../src/auth/recent.ts'
import type { Server } from '../src/create-server.ts'
import { createSealer, type SealingKeys } from '../src/node/create-sealer.ts'
import type { Place } from '../src/node/open-storage.ts'
import { runReseal } from '../src/node/reseal-command.ts'
import { createMemoryStorage } from '../src/storage/memory/memory-storage.ts'
import { createPostgresStorage } from '../src/storage/postgres/postgres-storage.ts'
import { reseal } from '../src/storage/sealed/reseal.ts'
import { sealStorage } from '../src/storage/sealed/sealed-storage.ts'
import { SealError } from '../src/storage/sealed/sealer.ts'
import { createSqliteStorage } from '../src/storage/sqlite/sqlite-storage.ts'
import type { Storage, Write } from '../src/storage/storage.ts'
import { sendBackend, startServer } from './setup.ts'
import { storages } from './storages.ts'

const newKey = () => new Uint8Array(randomBytes(32))
const only = (key: Uint8Array): SealingKeys => ({ key, previous: [] })

function seal(storage: Storage, keys: SealingKeys, sealsMetadata = false): Promise<Storage> {
  return sealStorage(storage, { sealer: createSealer(keys), sealsMetadata })
}

/** Everything that is sealed by a server, made through its API. Canaries are private, or secrets of the server. */
async function makeSecrets(server: Server): Promise<{ readonly id: string; readonly secret: string }> {
  const hook = await sendBackend(server, 'POST', '/v1/webhook_endpoints', {
    url: 'https://example.com/',
    include_private: true,
  })
  const [id = ''] = await server.createUsers([
    { username: 'ada_lovelace', private_metadata: { note: 'canary-created' } },
  ])
  const path = `/v1/users/${id}/metadata`
  for (const note of ['canary-one', 'canary-two']) {
    const written = await sendBackend(
      server,
      'PATCH',
      path,
      { private_metadata: { note } },
      { 'idempotency-key': note },
    )
    expect(written.json.private_metadata).toEqual({ note })
  }
  const bulk = { updates: [{ user_id: id, private_metadata: { bulk: 'canary-bulk' } }] }
  expect((await sendBackend(server, 'PATCH', '/v1/users/metadata', bulk, { 'idempotency-key': 'bulk' })).status).toBe(
    200,
  )
  const rotated = await sendBackend(server, 'POST', `/v1/webhook_endpoints/${hook.json.id}/rotate_secret`, {})
  await server.rotateSigningKey({ lead: 0 })
  const schemas = { private: { properties: { note: { const: 'another' } } } }
  const broken = await sendBackend(server, 'PUT', '/v1/metadata_schemas', { schemas })
  expect([broken.status, broken.json.errors[0].code]).toEqual([422, 'metadata_schemas_broken'])
  expect(rotated.json.secret).toMatch(/^whsec_/)
  return { id, secret: `${rotated.json.secret}` }
}

async function dumped(storage: Storage): Promise<string> {
  const parts: (readonly Write[])[] = []
  for await (const part of storage.dump()) parts.push(part)
  return JSON.stringify(parts)
}

const webhooks = { fetch: async () => new Response() }

test('a database file holds nothing of what is sealed, and its server knows all of it', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'acme-sealing-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  const open = () => createSqliteStorage({ database: new DatabaseSync(join(directory, 'acme.db')) })
  const key = newKey()
  const server = await startServer({ storage: await seal(open(), only(key), true), webhooks })
  const { id, secret } = await makeSecrets(server)
  const raw = open()
  const instance = await raw.find('instances', 'instance')
  await raw.close()
  expect(instance?.sealing).toMatchObject({ metadata: true })
  const look = async () => {
    const files = await readdir(directory)
    expect(files).toContain('acme.db')
    for (const file of files) {
      const bytes = await readFile(join(directory, file), 'latin1')
      expect([
        file,
        bytes.includes('canary'),
        bytes.includes(secret),
        bytes.includes('"d":"'),
        bytes.includes('"qi"'),
      ]).toEqual([file, false, false, false, false])
    }
  }
  await look()
  await server.close()
  await look()

  const again = await startServer({ storage: await seal(open(), only(key)), webhooks })
  const changes = await sendBackend(again, 'GET', `/v1/users/${id}/changes?include_private=true`)
  expect(changes.status).toBe(200)
  const past = await sendBackend(again, 'GET', `/v1/users/${id}/versions/2`)
  expect(past.json.private_metadata).toEqual({ note: 'canary-one' })
  const user = await sendBackend(again, 'GET', `/v1/users/${id}`)
  expect(user.json.private_metadata).toEqual({ note: 'canary-two', bulk: 'canary-bulk' })
  // Once it is sealed, it stays so.
  await sendBackend(again, 'PATCH', `/v1/users/${id}/metadata`, { private_metadata: { later: 'canary-later' } })
  await look()
  await again.close()
})

test.each(Object.keys(storages))('on %s rows go in sealed and come out as they were', async (name) => {
  const raw = await (storages[name] as (typeof storages)[string])()
  const storage = await seal(raw, only(newKey()), true)
  const server = await startServer({ storage, webhooks })
  const { id, secret } = await makeSecrets(server)
  const text = await dumped(raw)
  expect(text).not.toMatch(/canary|"qi"/)
  expect(text).not.toContain(secret)
  expect((await storage.find('users', id))?.metadata.private).toEqual({ note: 'canary-two', bulk: 'canary-bulk' })
  expect(
    (await storage.listUsers({ filter: {}, orderBy: 'created_at', direction: 'ascending', limit: 5, offset: 0 }))[0]
      ?.metadata.private,
  ).toHaveProperty('bulk')
  const changes = await storage.listChanges(id, { limit: 10 })
  expect(JSON.stringify(changes)).toContain('canary-one')
  expect(await dumped(storage)).toMatch(/canary-one.*canary-two/)
  await server.close()
})

test('who has not the key is told so when they start, and what to do', async () => {
  const raw = createMemoryStorage()
  const [one, other] = [newKey(), newKey()]
  await (await startServer({ storage: await seal(raw, only(one)) })).close()
  await expect(seal(raw, only(other))).rejects.toMatchObject({
    code: 'sealing_key_missing',
    message: expect.stringContaining('another key was given: set ACME_SEALING_KEY'),
  })
  await expect(startServer({ storage: raw })).rejects.toMatchObject({ code: 'sealing_key_missing' })
  await startServer({ storage: await seal(raw, { key: other, previous: [one] }) })
  // From then on both are needed, until everything is sealed anew.
  await expect(seal(raw, only(one))).rejects.toMatchObject({ code: 'sealing_key_missing' })
  await expect(seal(raw, only(other))).rejects.toMatchObject({ code: 'sealing_key_missing' })
  await startServer({ storage: await seal(raw, { key: one, previous: [other] }) })
})

test('whatever holds private metadata beside a user is sealed, too', async () => {
  const raw = createMemoryStorage()
  const storage = await seal(raw, only(newKey()), true)
  const expireAt = Date.now() + 60_000
  const rows: readonly Write[] = [
    {
      put: 'migratedUsers',
      row: {
        id: 'user_1',
        jobId: 'job_1',
        before: { private: { note: 'canary' }, public: { plan: 'pro' } },
        made: { private: 'canary', public: 'print' },
        expireAt,
      },
    },
    { put: 'migratedUsers', row: { id: 'user_2', jobId: 'job_1', before: null, made: null, expireAt } },
    { put: 'replies', row: { id: 'reply_1', requestDigest: 'x', body: '{"note":"canary"}', etag: null, expireAt } },
  ]
  await storage.transact({ reads: [], decide: () => ({ writes: rows, result: undefined }) })
  expect(await dumped(raw)).not.toContain('canary')
  for (const write of rows) {
    if ('put' in write) expect(await storage.find(write.put, write.row.id)).toEqual(write.row)
  }
  expect((await raw.find('migratedUsers', 'user_1'))?.before?.public).toEqual({ plan: 'pro' })
})

test('a server without a key does nothing once another has begun to seal', async () => {
  const raw = createMemoryStorage()
  let now = Date.now()
  const server = await startServer({ storage: raw, clock: () => now })
  expect((await sendBackend(server, 'GET', '/v1/users/count')).status).toBe(200)
  await seal(raw, only(newKey()))
  now += keyAge
  const refused = await sendBackend(server, 'GET', '/v1/users/count')
  expect([refused.status, refused.json.errors[0].code]).toEqual([503, 'storage_outdated'])
})

test('no row stands in for another, and none that was changed opens', async () => {
  const raw = createMemoryStorage()
  const storage = await seal(raw, only(newKey()), true)
  const server = await startServer({ storage })
  const [ada = '', bea = ''] = await server.createUsers([
    { username: 'ada_lovelace', private_metadata: { role: 'admin' } },
    { username: 'bea_smith', private_metadata: { role: 'guest' } },
  ])
  const [rich, poor] = [await raw.find('users', ada), await raw.find('users', bea)]
  if (!rich || !poor) throw new Error('not there')
  const put = (privately: unknown) =>
    raw.transact({
      reads: [],
      decide: () => ({
        writes: [{ put: 'users', row: { ...poor, metadata: { ...poor.metadata, private: privately as never } } }],
        result: undefined,
      }),
    })
  await put(rich.metadata.private)
  await expect(storage.find('users', bea)).rejects.toThrow(SealError)
  const sealed = `${poor.metadata.private}`
  // Not the last character, of which some bits may stand for nothing.
  await put(sealed.slice(0, -2) + (sealed.at(-2) === 'A' ? 'B' : 'A') + sealed.slice(-1))
  const failed = await sendBackend(server, 'GET', `/v1/users/${bea}`)
  expect([failed.status, failed.json.errors[0].code]).toEqual([500, 'internal_clerk_error'])
  await put(sealed)
  expect((await storage.find('users', bea))?.metadata.private).toEqual({ role: 'guest' })
})

test('metadata that is sealed is not indexed, whichever comes first', async () => {
  const raw = createMemoryStorage()
  const key = newKey()
  const server = await startServer({ storage: await seal(raw, only(key), true) })
  const push = (options: object) => ({ schemas: {}, options, force: true })
  for (const options of [{ indexes: ['private.plan'] }, { unique: ['private.customer'] }]) {
    const refused = await sendBackend(server, 'PUT', '/v1/metadata_schemas', push(options))
    expect([refused.status, refused.json.errors[0].code]).toEqual([422, 'sealed_metadata_indexed'])
  }
  expect((await sendBackend(server, 'PUT', '/v1/metadata_schemas', push({ indexes: ['public.plan'] }))).status).toBe(
    200,
  )

  const other = createMemoryStorage()
  const clear = await startServer({ storage: await seal(other, only(key)) })
  expect((await sendBackend(clear, 'PUT', '/v1/metadata_schemas', push({ indexes: ['private.plan'] }))).status).toBe(
    200,
  )
  await expect(seal(other, only(key), true)).rejects.toMatchObject({
    code: 'sealed_metadata_indexed',
    message: expect.stringContaining('private.plan'),
  })
})

test('a sealed text opens where it was sealed, by its key and nowhere else', () => {
  const [one, other] = [createSealer(only(newKey())), createSealer(only(newKey()))]
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), fc.string(), (text, place, elsewhere) => {
      const sealed = one.seal(text, place)
      expect(one.open(sealed, place)).toBe(text.toWellFormed())
      expect(one.seal(text, place)).not.toBe(sealed)
      if (elsewhere !== place) expect(() => one.open(sealed, elsewhere)).toThrow(SealError)
      expect(() => other.open(sealed, place)).toThrow(expect.objectContaining({ failure: 'outdated' }))
    }),
    { numRuns: scaled(200) },
  )
})

test('what one process takes out of use, another seals nothing by', async () => {
  const raw = createMemoryStorage()
  const [one, other] = [newKey(), newKey()]
  const storage = await seal(raw, { key: one, previous: [other] })
  const server = await startServer({ storage })
  const row = await raw.find('instances', 'instance')
  if (!row) throw new Error('not there')
  const sealing = { keyIds: [...createSealer(only(other)).keyIds], metadata: false }
  await raw.transact({
    reads: [],
    decide: () => ({ writes: [{ put: 'instances', row: { ...row, sealing } }], result: undefined }),
  })
  await storage.find('instances', 'instance')
  const refused = await sendBackend(server, 'POST', '/v1/users', { username: 'ada_lovelace' })
  expect([refused.status, refused.json.errors[0].code]).toEqual([503, 'storage_outdated'])
})

/** Two connections to one database, and what both are opened from. */
const shared: Record<string, () => Promise<{ readonly open: () => Promise<Storage>; readonly place: Place }>> = {
  async SQLite() {
    const directory = await mkdtemp(join(tmpdir(), 'acme-reseal-'))
    onTestFinished(() => rm(directory, { recursive: true }))
    const open = async () => createSqliteStorage({ database: new DatabaseSync(join(directory, 'acme.db')) })
    return { open, place: { directory } }
  },
  async PostgreSQL() {
    const { url, drop } = await newDatabase()
    onTestFinished(drop)
    return { open: () => createPostgresStorage({ url }), place: { directory: '', database: url } }
  },
}

test.each(Object.keys(shared))(
  'on %s everything is sealed anew while a server runs, and the old key is done with',
  async (name) => {
    const { open, place } = await (shared[name] as (typeof shared)[string])()
    const [one, other] = [newKey(), newKey()]
    // In clear, as it was before there was a key.
    const before = await startServer({ storage: await open(), webhooks })
    const { id, secret } = await makeSecrets(before)
    const history = await pages(before, id)
    await before.close()
    const raw = await open()
    onTestFinished(() => raw.close())
    expect(await dumped(raw)).toMatch(/canary/)

    const server = await startServer({ storage: await seal(await open(), only(one)), webhooks })
    expect(await dumped(raw)).toMatch(/canary/)
    const sealed = await runReseal({ ...place, sealing: only(one), sealsMetadata: true })
    expect(sealed).toMatch(/rows were sealed by the key \w+; no other key is needed/)
    expect(await dumped(raw)).not.toMatch(/canary|"qi"|whsec/)
    // The server goes on, and seals what it is asked to since.
    expect(await pages(server, id)).toEqual(history)
    await later(server, keyAge)
    await sendBackend(server, 'PATCH', `/v1/users/${id}/metadata`, { private_metadata: { more: 'canary-more' } })
    expect(await dumped(raw)).not.toMatch(/canary/)
    expect(await runReseal({ ...place, sealing: only(one) })).toMatch(/^0 rows/)
    await server.close()

    const next = { key: other, previous: [one] }
    const both = await startServer({ storage: await seal(await open(), next), webhooks })
    const keptBy = async (keys: SealingKeys) =>
      [...createSealer(keys).keyIds].filter((keyId) => `${text}`.includes(keyId))
    await runReseal({ ...place, sealing: next })
    const text = await dumped(raw)
    expect(await keptBy(next)).toEqual([...createSealer(only(other)).keyIds])
    expect(await pages(both, id)).toMatchObject(history)
    await both.close()

    await expect(seal(raw, only(one))).rejects.toMatchObject({ code: 'sealing_key_missing' })
    const last = await startServer({ storage: await seal(await open(), only(other)), webhooks })
    const current = await sendBackend(last, 'GET', `/v1/users/${id}`)
    expect(current.json.private_metadata).toEqual({ note: 'canary-two', bulk: 'canary-bulk', more: 'canary-more' })
    await last.close()
    expect(await runReseal({ ...place, sealing: { key: undefined, previous: [other] } })).toContain('opened for good')
    const clear = await dumped(raw)
    for (const word of ['canary-one', 'canary-more', secret]) expect(clear).toContain(word)
    await (await startServer({ storage: await open() })).close()
  },
)

test('what was there before it was sealed is nowhere in the file any more', async () => {
  const { open, place } = await (shared['SQLite'] as (typeof shared)[string])()
  const server = await startServer({ storage: await open(), webhooks })
  const { secret } = await makeSecrets(server)
  await server.close()
  const found = async () => {
    const files = await Promise.all(
      (await readdir(place.directory)).map((file) => readFile(join(place.directory, file), 'latin1')),
    )
    return ['canary', secret, '"qi"'].filter((word) => files.some((bytes) => bytes.includes(word)))
  }
  expect(await found()).toEqual(['canary', secret, '"qi"'])
  expect(await runReseal({ ...place, sealing: only(newKey()), sealsMetadata: true })).toContain(
    'The file was written anew',
  )
  expect(await found()).toEqual([])
})

test('a reseal that was stopped goes on where it was', async () => {
  const raw = createMemoryStorage()
  const server = await startServer({ storage: raw })
  await server.createUsers(Array.from({ length: 200 }, (_, n) => ({ username: `user_${n}`, private_metadata: { n } })))
  const sealer = createSealer(only(newKey()))
  const writer = await sealStorage(raw, { sealer, sealsMetadata: true })
  let left = 60
  const failing: Storage = {
    ...writer,
    transact: async (transaction) => {
      if (left-- <= 0) throw new Error('stopped')
      return writer.transact(transaction)
    },
  }
  const options = { reader: raw, sealer, sealsMetadata: true }
  await expect(reseal({ ...options, writer: failing })).rejects.toThrow('stopped')
  const rest = await reseal({ ...options, writer })
  // Of 200 users and 200 changes.
  expect(rest.rows).toBe(400 - 60)
  expect(await reseal({ ...options, writer })).toEqual({ rows: 0, unreached: 0 })
})

test('what webhooks are yet to be told of outlives a reseal', async () => {
  const { open, place } = await (shared['SQLite'] as (typeof shared)[string])()
  const sent: string[] = []
  const receiver = {
    fetch: async (request: Request) => {
      sent.push(await request.text())
      return new Response()
    },
  }
  const key = newKey()
  const first = await startServer({ storage: await open(), webhooks: receiver })
  const url = 'https://example.com/'
  await sendBackend(first, 'POST', '/v1/webhook_endpoints', { url, include_private: true })
  await first.close()
  // Nobody is there to tell of it.
  const silent = await startServer({ storage: await open() })
  await silent.createUsers([{ username: 'ada_lovelace', private_metadata: { note: 'canary' } }])
  await silent.close()
  await runReseal({ ...place, sealing: only(key), sealsMetadata: true })
  const last = await startServer({ storage: await seal(await open(), only(key)), webhooks: receiver })
  await last.deliverWebhooks()
  expect(sent).toHaveLength(1)
  expect(sent[0]).toContain('canary')
  await last.close()
})

/** What is known of each version of a user. */
async function pages(server: Server, id: string): Promise<readonly unknown[]> {
  const versions = [1, 2, 3].map((version) => sendBackend(server, 'GET', `/v1/users/${id}/versions/${version}`))
  return (await Promise.all(versions)).map(({ json }) => json)
}

/** Has a server notice what another process has written, which it does within so many milliseconds. */
async function later(server: Server, milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds))
  await sendBackend(server, 'GET', '/v1/users/count')
}
