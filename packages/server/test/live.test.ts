import { mkdtemp, rm } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { createCanary } from '../../conformance/canary.ts'
import { newDatabase } from '../../conformance/new-database.ts'
import type { Server, ServerOptions, Storage } from '../src/index.ts'
import { sendStream } from '../src/node/send-stream.ts'
import { serve } from '../src/node/serve.ts'
import { createMemoryStorage } from '../src/storage/memory/memory-storage.ts'
import { createPostgresStorage } from '../src/storage/postgres/postgres-storage.ts'
import { createSqliteStorage } from '../src/storage/sqlite/sqlite-storage.ts'
import { openEvents, type Reading, readOn } from './live-setup.ts'
import { newBrowser, origin, sendBackend, signUp, startServer } from './setup.ts'

let server: Server

async function start(options: Partial<ServerOptions> = {}): Promise<Server> {
  server = await startServer(options)
  return server
}

beforeEach(() => start())
afterEach(async () => {
  vi.useRealTimers()
  await server.close()
})

async function signedIn(username = 'ada', on: Server = server) {
  const browser = newBrowser(on)
  const id = await signUp(browser, username)
  return { id, browser, headers: { cookie: browser.cookie } }
}

const change = (id: string, plan: unknown, on: Server = server) =>
  sendBackend(on, 'PATCH', `/v1/users/${id}/metadata`, { public_metadata: { plan } })

const revokeAll = async (id: string, on: Server = server) => {
  const { json } = await sendBackend(on, 'GET', `/v1/sessions?user_id=${id}`)
  for (const session of json) await sendBackend(on, 'POST', `/v1/sessions/${session.id}/revoke`)
}

test('a stream begins with the user, tells each change by its version, and is in the form of the standard', async () => {
  const { id, headers } = await signedIn()
  const events = await openEvents(server, headers)
  expect(events.status).toBe(200)
  expect(Object.fromEntries(events.headers)).toMatchObject({
    'content-type': 'text/event-stream',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  })
  await expect.poll(() => events.users()).toMatchObject([{ id, version: 1 }])
  await change(id, 'pro')
  await expect.poll(() => events.users()).toMatchObject([{}, { id, version: 2, public_metadata: { plan: 'pro' } }])
  for (const block of events.text().split('\n\n').filter(Boolean)) {
    expect(block).toMatch(/^(:(\nretry: \d+)?|id: \d+\nevent: user\ndata: \{.*\})$/)
  }
  expect(events.users()[1]).toEqual((await newBrowserOf(headers).send('GET', '/v1/me')).json.response)
})

function newBrowserOf({ cookie }: { readonly cookie: string }) {
  const browser = newBrowser(server)
  browser.cookie = cookie
  return browser
}

test.each([
  ['Last-Event-ID', { 'last-event-id': '2' }, ''],
  ['acme_last_event_id in the query', {}, '?acme_last_event_id=2'],
])('a page that names the version by %s is told only of what is newer', async (_, named, query) => {
  const { id, headers } = await signedIn()
  await change(id, 'a')
  const [current, late] = [
    await openEvents(server, { ...headers, ...named }, query),
    await openEvents(server, { ...headers, 'last-event-id': '1' }),
  ]
  await expect.poll(() => late.users()).toMatchObject([{ version: 2 }])
  await expect.poll(() => current.text()).toMatch(/^:\nretry/)
  await change(id, 'b')
  for (const events of [current, late]) await expect.poll(() => events.users().at(-1)).toMatchObject({ version: 3 })
  expect(current.users()).toHaveLength(1)
})

test('native apps and development browsers hold a stream like pages do', async () => {
  const [id = ''] = await server.createUsers([{ username: 'ada' }])
  const token = await server.signIn(id)
  const native = await openEvents(server, { authorization: token }, '?_is_native=1')
  const development = await openEvents(server, {}, `?__clerk_db_jwt=${token}`)
  await change(id, 'pro')
  for (const events of [native, development]) {
    await expect.poll(() => events.users().at(-1)).toMatchObject({ public_metadata: { plan: 'pro' } })
  }
})

test.each([
  ['nobody', {}, '', 401, 'signed_out'],
  ['another client’s session', {}, '?_clerk_session_id=sess_1', 401, 'signed_out'],
  ['a page of elsewhere', { origin: 'https://elsewhere.example' }, '', 400, 'origin_invalid'],
])('%s is refused', async (_, more, query, status, code) => {
  const { headers } = await signedIn()
  const events = await openEvents(server, status === 401 && query === '' ? {} : { ...headers, ...more }, query)
  expect(events.status).toBe(status)
  await expect.poll(() => events.text()).toContain(`"${code}"`)
  expect(server.openStreams).toBe(0)
})

test('who asks for the head alone, or does not read, holds nothing', async () => {
  const { headers } = await signedIn()
  const asPage = { ...headers, origin: 'http://127.0.0.1:5173' }
  expect((await openEvents(server, asPage, '', 'HEAD')).status).toBe(200)
  await server.fetch(new Request(`${origin}/v1/me/events`, { headers }))
  expect(server.openStreams).toBe(0)
})

test.each([
  ['is revoked', revokeAll],
  ['is of a user who is banned', (id: string) => sendBackend(server, 'POST', `/v1/users/${id}/ban`)],
  ['is of a user who is deleted', (id: string) => sendBackend(server, 'DELETE', `/v1/users/${id}`)],
])('when the session %s, the stream says so and ends', async (_, end) => {
  const { id, headers } = await signedIn()
  const events = await openEvents(server, headers)
  await expect.poll(() => server.openStreams).toBe(1)
  await end(id)
  await expect.poll(() => events.isOver()).toBe(true)
  expect(events.users().at(-1)).toBeNull()
  expect(server.openStreams).toBe(0)
  expect((await openEvents(server, headers)).status).toBe(401)
})

test('a session that runs out is over, and so is one that its owner ends; another one of the user goes on', async () => {
  let now = Date.now()
  await server.close()
  await start({ clock: () => now, sessionLifetime: 60_000 })
  const { id, browser, headers } = await signedIn()
  const events = await openEvents(server, headers)
  const other = await openEvents(server, { authorization: await server.signIn(id) }, '?_is_native=1')
  await expect.poll(() => server.openStreams).toBe(2)
  await browser.send('DELETE', '/v1/client/sessions')
  await expect.poll(() => events.users().at(-1)).toBeNull()
  expect(other.isOver()).toBe(false)
  now += 60_001
  await expect.poll(() => other.users().at(-1)).toBeNull()
})

test('no byte of what is private, and nothing of another user, is in any stream', async () => {
  const canary = createCanary()
  const [ada, bea] = [await signedIn('ada'), await signedIn('bea')]
  const streams = [await openEvents(server, ada.headers), await openEvents(server, bea.headers)]
  const secret = { [canary.word]: [canary.word, { deep: canary.word }] }
  const writes = [ada, bea].flatMap(({ id }) => [
    ['PATCH', `/v1/users/${id}`, { private_metadata: secret, public_metadata: { of: id } }],
    ['PATCH', `/v1/users/${id}/metadata`, { private_metadata: secret }],
    ['PUT', `/v1/users/${id}/metadata`, { private_metadata: secret, unsafe_metadata: { of: id } }],
    ['PATCH', `/v1/users/${id}`, { password: `${canary.word} is long enough`, first_name: id }],
    ['POST', `/v1/users/${id}/ban`, {}],
  ])
  for (const [method, path, body] of writes as [string, string, object][]) {
    expect((await sendBackend(server, method, path, body, { 'acme-version': '1' })).status).toBe(200)
  }
  for (const events of streams) await expect.poll(() => events.isOver()).toBe(true)
  const [ofAda = '', ofBea = ''] = streams.map((events) => events.text())
  expect([ofAda.includes(ada.id), ofBea.includes(bea.id)]).toEqual([true, true])
  expect([ofAda.includes(bea.id), ofBea.includes(ada.id)]).toEqual([false, false])
  for (const text of [ofAda, ofBea]) {
    expect(canary.isIn(text)).toBe(false)
    expect(text).not.toMatch(/private_metadata|password_hash|\$pbkdf2/i)
  }
})

test('one user holds 32 streams at the most: one more ends the oldest', async () => {
  const { headers } = await signedIn()
  const streams: Reading[] = []
  for (let n = 0; n < 33; n++) streams.push(await openEvents(server, headers))
  await expect.poll(() => streams[0]?.isOver()).toBe(true)
  expect(streams.slice(1).some((events) => events.isOver())).toBe(false)
  expect(server.openStreams).toBe(32)
})

test('a process that holds as many as it may sends the next one away for a while', async () => {
  await server.close()
  await start({ live: { maxStreams: 1 } })
  const { headers } = await signedIn()
  const first = await openEvents(server, headers)
  await expect.poll(() => server.openStreams).toBe(1)
  const second = await openEvents(server, headers)
  expect([second.status, second.headers.get('retry-after')]).toEqual([503, '30'])
  await first.cancel()
  expect((await openEvents(server, headers)).status).toBe(200)
})

test('one part of the network holds a tenth of the streams, whoever its users are', async () => {
  await server.close()
  await start({ live: { maxStreams: 20 } })
  const { headers } = await signedIn()
  const openFrom = async (remoteAddress: string) => {
    const response = await server.fetch(new Request(`${origin}/v1/me/events`, { headers }), { remoteAddress })
    const reader = response.body?.getReader()
    await reader?.read()
    return { status: response.status, reader }
  }
  const [first, second, third] = [await openFrom('192.0.2.1'), await openFrom('192.0.2.1'), await openFrom('192.0.2.1')]
  expect([first, second, third].map(({ status }) => status)).toEqual([200, 200, 503])
  expect((await openFrom('192.0.2.2')).status).toBe(200)
  await first.reader?.cancel()
  expect((await openFrom('192.0.2.1')).status).toBe(200)
})

test('a stream carries a comment now and then, and ends after its time', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const { headers } = await signedIn()
  const events = await openEvents(server, headers)
  await expect.poll(() => events.users()).toHaveLength(1)
  // Each second by itself, so that what is sent is taken.
  for (let second = 0; second < 45; second++) await vi.advanceTimersByTimeAsync(1_000)
  expect(events.text().match(/^:$/gm)?.length).toBeGreaterThanOrEqual(3)
  for (let minute = 0; minute < 10; minute++) await vi.advanceTimersByTimeAsync(60_000)
  await expect.poll(() => events.isOver()).toBe(true)
  // Nobody was signed out.
  expect(events.users()).toHaveLength(1)
  expect(vi.getTimerCount()).toBe(0)
})

test('of what a slow reader does not take, the last is kept; one who takes nothing is let go', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const { id, headers } = await signedIn()
  const { body } = await server.fetch(new Request(`${origin}/v1/me/events`, { headers }))
  const reader = (body as ReadableStream<Uint8Array>).getReader()
  const read = async () => new TextDecoder().decode((await reader.read()).value)
  expect(await read()).toMatch(/"version":1/)
  for (let n = 0; n < 20; n++) await change(id, n)
  expect(await read()).toMatch(/"version":21/)
  await change(id, 'last')
  await vi.advanceTimersByTimeAsync(60_000)
  expect(server.openStreams).toBe(0)
  expect((await reader.read()).done).toBe(true)
})

test('over a connection, a reader who takes nothing is let go, and the server holds next to nothing for them', async () => {
  let written = 0
  let isCancelled = false
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        await new Promise((resolve) => setImmediate(resolve))
        written += 65_536
        controller.enqueue(new Uint8Array(65_536))
      },
      cancel() {
        isCancelled = true
      },
    },
    { highWaterMark: 0 },
  )
  const http = createHttpServer((_, outgoing) => void sendStream(new Response(body), outgoing, 300))
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const socket = connect((http.address() as AddressInfo).port, '127.0.0.1')
  onTestFinished(() => {
    socket.destroy()
    http.close()
  })
  socket.on('error', () => {})
  socket.pause()
  socket.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n')
  await expect.poll(() => isCancelled).toBe(true)
  // What fits into the buffers of both ends of the connection.
  expect(written).toBeLessThan(32 * 1_048_576)
})

test('a server that stops ends its streams and does not wait for them', async () => {
  const { id, headers } = await signedIn()
  const listening = await serve({ fetch: server.fetch })
  const events = readOn(await fetch(`${listening.url}/v1/me/events`, { headers }))
  await change(id, 'pro')
  await expect.poll(() => events.users()).toMatchObject([{ version: 1 }, { version: 2 }])
  await listening.close()
  await expect.poll(() => events.isOver()).toBe(true)
  await expect.poll(() => server.openStreams).toBe(0)
  await server.close()
  expect((await openEvents(server, headers)).status).toBe(503)
})

test('who goes away holds no stream any more', async () => {
  const { headers } = await signedIn()
  const listening = await serve({ fetch: server.fetch })
  onTestFinished(() => listening.close())
  const leaving = new AbortController()
  readOn(await fetch(`${listening.url}/v1/me/events`, { headers, signal: leaving.signal }))
  await expect.poll(() => server.openStreams).toBe(1)
  leaving.abort()
  await expect.poll(() => server.openStreams).toBe(0)
})

test('while nobody looks, nothing is asked of the storage', async () => {
  await server.close()
  const memory = createMemoryStorage()
  let asked = 0
  const storage: Storage = {
    ...memory,
    marksOf(...ids) {
      asked++
      return memory.marksOf(...ids)
    },
  }
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  await start({ storage })
  const { id, headers } = await signedIn()
  await vi.advanceTimersByTimeAsync(5_000)
  expect(asked).toBe(0)
  const events = await openEvents(server, headers)
  await change(id, 'pro')
  await expect.poll(() => events.users()).toHaveLength(2)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(asked).toBe(5)
  await events.cancel()
  await vi.advanceTimersByTimeAsync(5_000)
  expect(asked).toBe(5)
})

const shared: Record<string, () => Promise<() => Promise<Storage>>> = {
  async SQLite() {
    const folder = await mkdtemp(join(tmpdir(), 'acme-live-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    return async () => createSqliteStorage({ database: new DatabaseSync(join(folder, 'acme.db')) })
  },
  async PostgreSQL() {
    const { url, drop } = await newDatabase()
    onTestFinished(drop)
    return () => createPostgresStorage({ url })
  },
}

test.each(Object.entries(shared))(
  'with two processes on one %s, each tells what the other wrote',
  async (_, newOpen) => {
    const open = await newOpen()
    await server.close()
    const here = await start({ storage: await open() })
    // Its clock is behind: what it writes is newer all the same.
    const there = await startServer({ storage: await open(), clock: () => Date.now() - 60_000 })
    onTestFinished(() => there.close())
    const [ada, bea] = [await signedIn('ada'), await signedIn('bea')]
    const streams = [await openEvents(here, ada.headers), await openEvents(there, bea.headers)] as const
    for (const events of streams) await expect.poll(() => events.users()).toHaveLength(1)
    for (const [{ id }, on] of [
      [ada, there],
      [bea, here],
    ] as const) {
      for (let n = 1; n <= 5; n++) await change(id, n, on)
    }
    for (const events of streams) {
      await expect.poll(() => events.users().at(-1)).toMatchObject({ version: 6, public_metadata: { plan: 5 } })
      expect(events.users().length).toBeLessThanOrEqual(6)
    }
    await revokeAll(ada.id, there)
    await sendBackend(here, 'DELETE', `/v1/users/${bea.id}`)
    for (const events of streams) await expect.poll(() => events.users().at(-1)).toBeNull()
  },
)
