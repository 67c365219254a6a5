import { beforeEach, expect, test } from 'vitest'
import type { Collection, Server, Storage } from '../src/index.ts'
import { createMemoryStorage } from '../src/storage/memory/memory-storage.ts'
import { newBrowser, send, sendBackend, signUp, startServer } from './setup.ts'

const day = 86_400_000

let now: number
let storage: Storage
let server: Server
/** How many rows there are, by collection. */
let rows: Map<Collection, Set<string>>

beforeEach(async () => {
  now = Date.UTC(2026, 0, 1)
  rows = new Map()
  const memory = createMemoryStorage()
  const has = (collection: Collection) => rows.get(collection) ?? new Set()
  storage = {
    ...memory,
    transact: (transaction) =>
      memory.transact({
        ...transaction,
        decide(snapshot) {
          const decision = transaction.decide(snapshot)
          for (const write of decision.writes) {
            if ('put' in write) rows.set(write.put, has(write.put).add(write.row.id))
          }
          return decision
        },
      }),
  }
  server = await startServer({ storage, clock: () => now, rateLimit: { attempts: 1_000, window: 10_000 } })
})

/** The rows of a collection that are still there. */
async function left(collection: Collection): Promise<number> {
  const found = await Promise.all([...(rows.get(collection) ?? [])].map((id) => storage.find(collection, id)))
  return found.filter((row) => row !== undefined).length
}

test('who only looks leaves no row, and is known all the same', async () => {
  const browser = newBrowser(server)
  const first = await browser.send('PUT', '/v1/client')
  expect(first.json.response).toMatchObject({ object: 'client', sessions: [], created_at: now })
  expect(first.json.client).toEqual(first.json.response)
  now += 5_000
  const again = await browser.send('GET', '/v1/client')
  expect(again.json.response).toEqual(first.json.response)
  expect((await browser.send('DELETE', '/v1/client')).status).toBe(200)
  for (let count = 0; count < 100; count++) await newBrowser(server).send('PUT', '/v1/client')
  await send(server, '/v1/dev_browser', { method: 'POST', headers: { origin: 'http://127.0.0.1:5173' } })
  expect(await left('clients')).toBe(0)

  // The client that was nowhere is the one that is stored.
  await signUp(browser, 'ada_lovelace')
  const signedIn = await browser.send('GET', '/v1/client')
  expect(signedIn.json.response).toMatchObject({ id: first.json.response.id, sessions: [{ status: 'active' }] })
  expect(await left('clients')).toBe(1)
})

test('a visitor’s token is made by the instance alone, and is no use once somebody has signed in', async () => {
  const browser = newBrowser(server)
  await browser.send('PUT', '/v1/client')
  const before = browser.cookie
  const madeUp = newBrowser(server)
  madeUp.cookie = before.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))
  expect((await madeUp.send('GET', '/v1/client')).json.response).toBeNull()
  await signUp(browser, 'ada_lovelace')
  const fixed = newBrowser(server)
  fixed.cookie = before
  expect((await fixed.send('GET', '/v1/client')).json.response).toBeNull()
  expect((await browser.send('GET', '/v1/me')).status).toBe(200)
})

test('what strangers leave is gone within a day', async () => {
  for (let count = 0; count < 30; count++) {
    await newBrowser(server).send('POST', '/v1/client/sign_ins', { identifier: `user_${count}` })
    await newBrowser(server).send('POST', '/v1/client/sign_ups', { email_address: `user_${count}@example.com` })
    await newBrowser(server).send('POST', '/v1/client/sign_ins', { identifier: `user_${count}`, password: 'a guess' })
  }
  const collections: Collection[] = ['clients', 'signIns', 'signUps', 'attempts']
  for (const collection of collections) expect(await left(collection)).toBeGreaterThan(0)
  now += day + 60_001
  await send(server, '/v1/environment')
  for (const collection of collections) expect([collection, await left(collection)]).toEqual([collection, 0])
})

test('sessions and clients that are over are swept; a session that is over can be read for a day', async () => {
  const browser = newBrowser(server)
  const userId = await signUp(browser, 'ada_lovelace')
  const list = async () => (await sendBackend(server, 'GET', `/v1/sessions?user_id=${userId}`)).json
  await browser.send('DELETE', '/v1/client')
  now += day - 60_000
  expect(await list()).toMatchObject([{ status: 'removed' }])
  now += 200_000
  expect(await list()).toEqual([])

  // One that nobody ended is over by itself.
  const other = newBrowser(server)
  await other.send('POST', '/v1/client/sign_ins', { identifier: 'ada_lovelace', password: 'correct horse battery' })
  now += 7 * day + 60_001
  expect(await list()).toMatchObject([{ status: 'expired' }])
  now += day
  await list()
  expect(await list()).toEqual([])
  // A browser is known for three months.
  expect(await left('clients')).toBe(2)
  now += 90 * day
  await list()
  expect(await left('clients')).toBe(0)
  expect((await sendBackend(server, 'GET', `/v1/users/${userId}`)).status).toBe(200)
})
