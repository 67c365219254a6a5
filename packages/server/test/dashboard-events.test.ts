import { afterEach, beforeEach, expect, test } from 'vitest'
import { createCanary } from '../../conformance/canary.ts'
import type { Storage } from '../src/index.ts'
import { createMemoryStorage } from '../src/storage/memory/memory-storage.ts'
import { type DashboardPage, type DashboardServer, openPage, startDashboard } from './dashboard-setup.ts'
import { type Reading, readOn } from './live-setup.ts'
import { origin, secretKey, sendBackend } from './setup.ts'

const minute = 60_000
const other = 'sk_test_another0123456789'

let now: number
let storage: Storage
let server: DashboardServer

beforeEach(async () => {
  now = Date.UTC(2026, 0, 1)
  storage = createMemoryStorage()
  server = await startDashboard({ storage, clock: () => now, webhooks: { fetch: async () => new Response() } })
})

afterEach(() => server.close())

async function signedIn(key: string = secretKey): Promise<DashboardPage> {
  const opened = openPage(server)
  expect((await opened.signIn({ secret_key: key })).status).toBe(200)
  return opened
}

/** What the browser says of an EventSource of the page: no proof, since it can send no header. */
async function events({ cookie }: DashboardPage, headers: object = {}, on = server): Promise<Reading> {
  const own = { cookie, 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'empty', ...headers }
  const reading = readOn(await on.fetch(new Request(`${origin}/dashboard/events`, { headers: own })))
  if (reading.status === 200) await expect.poll(() => reading.text()).toContain('retry')
  return reading
}

/** All that a stream has named so far. */
function told(reading: Reading) {
  const hints = reading.users().filter((data) => 'kinds' in data)
  return {
    users: Object.assign({}, ...hints.map(({ users }) => users)) as Record<string, number | null>,
    kinds: new Set<string>(hints.flatMap(({ kinds }) => kinds)),
    isMany: hints.some(({ users }) => users === null),
    count: hints.length,
  }
}

const create = async (username: string, more: object = {}, on = server) =>
  (await sendBackend(on, 'POST', '/v1/users', { username, skip_password_requirement: true, ...more })).json.id as string

test('a page hears who changed, to which version, and which other things did, and never a value', async () => {
  const canary = createCanary()
  const opened = await signedIn()
  const reading = await events(opened)
  expect(Object.fromEntries(reading.headers)).toMatchObject({
    'content-type': 'text/event-stream',
    'cache-control': 'no-store, no-transform',
    'cross-origin-resource-policy': 'same-origin',
  })
  const metadata = { private_metadata: { [canary.word]: canary.word }, public_metadata: { a: canary.word } }
  const id = await create(canary.word.toLowerCase(), { first_name: canary.word, ...metadata })
  await expect.poll(() => told(reading).users).toEqual({ [id]: 1 })
  await sendBackend(server, 'PATCH', `/v1/users/${id}/metadata`, { unsafe_metadata: { b: canary.word } })
  await expect.poll(() => told(reading).users).toEqual({ [id]: 2 })
  await sendBackend(server, 'PUT', '/v1/metadata_schemas', { schemas: { unsafe: { title: canary.word } } })
  await sendBackend(server, 'POST', '/v1/webhook_endpoints', { url: `https://example.com/${canary.word}` })
  await sendBackend(server, 'POST', '/v1/sessions', { user_id: id })
  await opened.send('POST', '/dashboard/secret_keys', { name: canary.word })
  await expect
    .poll(() => [...told(reading).kinds].sort())
    .toEqual(expect.arrayContaining(['keys', 'schemas', 'sessions', 'webhooks']))
  await sendBackend(server, 'DELETE', `/v1/users/${id}`)
  await expect.poll(() => told(reading).users).toEqual({ [id]: null })
  expect(canary.isIn(reading.text())).toBe(false)
})

test('many writes are told at once, and of many users only that there are', async () => {
  const reading = await events(await signedIn())
  await server.createUsers(Array.from({ length: 400 }, (_, index) => ({ username: `user_${index}` })))
  await expect.poll(() => told(reading).isMany).toBe(true)
  expect(told(reading).count).toBeLessThan(40)
})

test('who does not take what is told hears at last that anything may have changed', async () => {
  const opened = await signedIn()
  const quick = await events(opened)
  const headers = { cookie: opened.cookie, 'sec-fetch-site': 'same-origin' }
  const response = await server.fetch(new Request(`${origin}/dashboard/events`, { headers }))
  const reader = response.body?.getReader()
  await reader?.read()
  for (const username of ['ada', 'bea']) {
    const id = await create(username)
    await expect.poll(() => told(quick).users).toHaveProperty(id)
  }
  const taken = new TextDecoder().decode((await reader?.read())?.value)
  await reader?.cancel()
  expect(JSON.parse(taken.split('data: ')[1] ?? '').users).toBeNull()
  expect(taken.match(/^event:/gm)).toHaveLength(1)
})

test('what another process writes is heard of, users and everything else', async () => {
  const elsewhere = await startDashboard({ storage, clock: () => now, webhooks: { fetch: async () => new Response() } })
  const reading = await events(await signedIn())
  const id = await create('ada_lovelace', {}, elsewhere)
  await expect.poll(() => told(reading).users).toEqual({ [id]: 1 })
  await sendBackend(elsewhere, 'PUT', '/v1/metadata_schemas', { schemas: {} })
  await sendBackend(elsewhere, 'POST', '/v1/webhook_endpoints', { url: 'https://example.com' })
  await expect.poll(() => [...told(reading).kinds].sort()).toEqual(expect.arrayContaining(['schemas', 'webhooks']))
})

test.each([
  ['ends', (opened: DashboardPage) => opened.send('DELETE', '/dashboard/session')],
  ['loses its key', () => server.revokeSecretKey(other)],
  ['idles, which an open stream and what nobody asked for do not keep it from', idle],
])('a stream says so and ends when its session %s', async (_, end) => {
  await server.addSecretKey(other)
  const opened = await signedIn(other)
  const working = await signedIn()
  const [reading, kept] = [await events(opened), await events(working)]
  await end(opened, working)
  await expect.poll(() => reading.isOver(), { timeout: 20_000 }).toBe(true)
  expect(reading.text()).toContain('event: over')
  expect(kept.isOver()).toBe(false)
  expect((await events(opened)).status).toBe(401)
})

async function idle(opened: DashboardPage, working: DashboardPage): Promise<void> {
  for (let passed = 0; passed < 30; passed += 10) {
    expect((await opened.send('GET', '/dashboard/v1/users', undefined, { 'x-acme-unattended': '1' })).status).toBe(200)
    now += 10 * minute
    await working.send('GET', '/dashboard/v1/users')
  }
}

test('nobody else hears anything, and one session holds a few streams alone', async () => {
  const opened = await signedIn()
  expect((await events({ ...opened, cookie: '' })).status).toBe(401)
  expect((await opened.send('POST', '/dashboard/events')).status).toBe(404)
  for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }]) {
    expect((await events(opened, headers)).status).toBe(403)
  }
  const made = await opened.send('POST', '/dashboard/secret_keys', { name: 'writer', scopes: ['write:public'] })
  expect((await events(await signedIn(made.json.secret_key))).status).toBe(403)
  const open: Reading[] = []
  for (let index = 0; index < 16; index++) open.push(await events(opened))
  expect((await events(opened)).status).toBe(503)
  expect((await events(await signedIn())).status).toBe(200)
  await open[0]?.cancel()
  await expect.poll(async () => (await events(opened)).status).toBe(200)
})
