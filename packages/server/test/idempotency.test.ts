import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createPbkdf2Passwords, type Server } from '../src/index.ts'
import { createSqliteStorage } from '../src/storage/sqlite/sqlite-storage.ts'
import { newBrowser, sendBackend, signUp, startServer } from './setup.ts'

const day = 86_400_000

let now: number
let server: Server
let hashing = () => {}
let holdPasswords: Promise<void> | undefined

beforeEach(async () => {
  now = Date.UTC(2026, 0, 1)
  holdPasswords = undefined
  const passwords = createPbkdf2Passwords({ iterations: 1 })
  server = await startServer({
    clock: () => now,
    passwords: {
      ...passwords,
      async hash(password) {
        hashing()
        await holdPasswords
        return passwords.hash(password)
      },
    },
  })
})

afterEach(() => server.close())

const create = (username: string, key: string, more: object = {}) =>
  sendBackend(server, 'POST', '/v1/users', { username, ...more }, { 'idempotency-key': key })
const count = async () => (await sendBackend(server, 'GET', '/v1/users/count')).json.total_count

test('a key that comes again is answered as before, and nothing is done', async () => {
  const first = await create('ada_lovelace', 'k1')
  const again = await create('ada_lovelace', 'k1')
  expect(first.status).toBe(200)
  expect([again.status, again.text, again.headers.get('etag')]).toEqual([200, first.text, first.headers.get('etag')])
  expect(await count()).toBe(1)
})

test('nothing that is kept of a write would let its password be guessed fast', async () => {
  const { json } = await create('ada_lovelace', 'k1', { password: 'correct horse battery' })
  // What tells two requests apart does not depend on it.
  const again = await create('ada_lovelace', 'k1', { password: 'another one altogether' })
  expect([again.status, again.json.id]).toEqual([200, json.id])
  const other = await create('bea_lovelace', 'k1', { password: 'correct horse battery' })
  expect(other.json.errors[0].code).toBe('idempotency_key_reused')
})

test('a key that comes again with another body, method or path is refused', async () => {
  const { json } = await create('ada_lovelace', 'k1')
  const reused = [
    await create('bea_lovelace', 'k1'),
    await sendBackend(
      server,
      'PATCH',
      `/v1/users/${json.id}`,
      { username: 'ada_lovelace' },
      { 'idempotency-key': 'k1' },
    ),
    await sendBackend(server, 'DELETE', `/v1/users/${json.id}`, undefined, { 'idempotency-key': 'k1' }),
  ]
  for (const { status, json } of reused) {
    expect([status, json.errors[0].code]).toEqual([422, 'idempotency_key_reused'])
  }
  expect(await count()).toBe(1)
})

test('a key whose request is under way is refused, to be tried again', async () => {
  let release = () => {}
  holdPasswords = new Promise((resolve) => {
    release = resolve
  })
  const isHashing = new Promise<void>((resolve) => {
    hashing = resolve
  })
  const password = { password: 'correct horse battery' }
  const first = create('ada_lovelace', 'k1', password)
  await isHashing
  const { status, json } = await create('ada_lovelace', 'k1', password)
  expect([status, json.errors[0].code]).toEqual([409, 'idempotency_key_in_use'])
  release()
  expect((await first).status).toBe(200)
  expect((await create('ada_lovelace', 'k1', password)).status).toBe(200)
  expect(await count()).toBe(1)
})

test('a key is kept for a day, then forgotten', async () => {
  const { json } = await create('ada_lovelace', 'k1')
  now += day - 1_000
  expect((await create('ada_lovelace', 'k1')).json.id).toBe(json.id)
  now += 2_000
  expect((await create('bea_lovelace', 'k1')).status).toBe(200)
})

test('a key that an SDK made is kept for as long as its retries may take, then forgotten', async () => {
  const { json } = await create('ada_lovelace', 'auto_1')
  now += 14 * 60_000
  expect((await create('ada_lovelace', 'auto_1')).json.id).toBe(json.id)
  now += 2 * 60_000
  expect((await create('ada_lovelace', 'auto_1')).status).toBe(422)
})

test('what a write showed is shown as it is now, and which version the write made is said', async () => {
  const { json: user } = await create('ada_lovelace', 'k1')
  const patch = (plan: string, key?: string) =>
    sendBackend(
      server,
      'PATCH',
      `/v1/users/${user.id}/metadata`,
      { public_metadata: { plan } },
      key ? { 'idempotency-key': key } : {},
    )
  const first = await patch('pro', 'k2')
  expect([first.headers.get('etag'), first.headers.get('acme-applied-version')]).toEqual(['"2"', null])
  await patch('free')
  const again = await patch('pro', 'k2')
  expect([again.headers.get('etag'), again.headers.get('acme-applied-version')]).toEqual(['"3"', '2'])
  expect(again.json).toMatchObject({ version: 3, public_metadata: { plan: 'free' } })
})

test('what was done to somebody who is gone since is said to be gone, and is not done again', async () => {
  const { json } = await create('ada_lovelace', 'k1')
  const remove = () => sendBackend(server, 'DELETE', `/v1/users/${json.id}`, undefined, { 'idempotency-key': 'k2' })
  const removed = await remove()
  expect(await create('ada_lovelace', 'k1')).toMatchObject({
    status: 410,
    json: { errors: [{ code: 'idempotency_reply_gone' }] },
  })
  expect(await count()).toBe(0)
  expect((await remove()).text).toBe(removed.text)
})

test('a few bytes are kept of a write, whatever it writes, and none of the metadata', async () => {
  const database = new DatabaseSync(':memory:')
  await server.close()
  server = await startServer({ storage: createSqliteStorage({ database }), clock: () => now })
  const filler = 'canary '.repeat(1_100)
  const { json } = await create('ada_lovelace', 'k1', { private_metadata: { filler } })
  for (let index = 0; index < 100; index++) {
    const body = { private_metadata: { index } }
    const headers = { 'idempotency-key': `auto_${index}` }
    expect((await sendBackend(server, 'PATCH', `/v1/users/${json.id}/metadata`, body, headers)).status).toBe(200)
  }
  const kept = database.prepare(`SELECT data FROM rows WHERE collection = 'replies'`).all() as { data: string }[]
  expect(kept).toHaveLength(101)
  for (const { data } of kept) {
    expect(data.length).toBeLessThan(250)
    expect(data).not.toContain('canary')
  }
  now += 16 * 60_000
  await count()
  expect(database.prepare(`SELECT id FROM rows WHERE collection = 'replies'`).all()).toHaveLength(1)
})

test('who is signed out, or somebody else by now, is not shown again what was written', async () => {
  const browser = newBrowser(server)
  await signUp(browser, 'ada_lovelace')
  const write = () =>
    browser.send('POST', '/v1/me/metadata?_method=PATCH&acme_idempotency_key=k1', { unsafe_metadata: '{"a":1}' })
  expect((await write()).status).toBe(200)
  expect((await write()).status).toBe(200)
  await browser.send('DELETE', '/v1/client')
  expect((await write()).status).toBe(401)
  await signUp(browser, 'bea_lovelace')
  expect((await write()).json.errors[0].code).toBe('idempotency_key_reused')
})

test('a refusal is not kept: the same key may be tried again when its cause is gone', async () => {
  const { json } = await create('ada_lovelace', 'k1')
  expect((await create('ada_lovelace', 'k2')).status).toBe(422)
  await sendBackend(server, 'DELETE', `/v1/users/${json.id}`)
  expect((await create('ada_lovelace', 'k2')).status).toBe(200)
})

test.each(['', 'k'.repeat(256)])('a key of no fitting length is refused', async (key) => {
  const { status, json } = await create('ada_lovelace', key)
  expect([status, json.errors[0].code]).toEqual([400, 'idempotency_key_invalid'])
})

test('one caller’s key is not another’s', async () => {
  const [ada, bea] = [newBrowser(server), newBrowser(server)]
  await signUp(ada, 'ada_lovelace')
  await signUp(bea, 'bea_lovelace')
  const path = '/v1/me/metadata?_method=PATCH&acme_idempotency_key=k1'
  for (const [browser, name] of [
    [ada, 'ada'],
    [bea, 'bea'],
  ] as const) {
    const { status, json } = await browser.send('POST', path, { unsafe_metadata: `{"name":"${name}"}` })
    expect([status, json.response.unsafe_metadata]).toEqual([200, { name }])
  }
})
