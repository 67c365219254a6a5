import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { createCanary } from '../../conformance/canary.ts'
import { newDatabase } from '../../conformance/new-database.ts'
import { scaled } from '../../conformance/scaled.ts'
import { createActivity } from '../src/domain/overview/activity.ts'
import { createTimings } from '../src/domain/overview/timings.ts'
import { openStorage } from '../src/node/open-storage.ts'
import { createMemoryStorage } from '../src/storage/memory/memory-storage.ts'
import { createPostgresStorage } from '../src/storage/postgres/postgres-storage.ts'
import { newFolder } from './command-line-setup.ts'
import { newBrowser, sendBackend, signUp, startServer } from './setup.ts'

const minute = 60_000

test('a quantile is that of sorting, to a fifth', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.05, max: 100_000, noNaN: true }), { minLength: 1, maxLength: 200 }),
      fc.constantFrom(0.5, 0.9, 0.99, 1),
      (durations, share) => {
        const timings = createTimings()
        for (const duration of durations) timings.add(duration)
        const sorted = durations.toSorted((a, b) => a - b)
        const exact = sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] as number
        const told = timings.quantile(share) as number
        expect(told).toBeGreaterThan(exact * 0.999)
        expect(told).toBeLessThan(exact * 1.201)
      },
    ),
    { numRuns: scaled(1_000) },
  )
  expect(createTimings().quantile(0.99)).toBeNull()
})

test('six hours are remembered, those in which nothing happened too, and no more', () => {
  let now = Date.UTC(2026, 0, 1, 12, 0, 30)
  const activity = createActivity(() => now)
  activity.answered(200, 1)
  now += 2 * minute
  activity.answered(404, 1)
  activity.answered(500, 1)
  expect(
    activity.minutes().map(({ requests, clientErrors, serverErrors }) => [requests, clientErrors, serverErrors]),
  ).toEqual([
    [1, 0, 0],
    [0, 0, 0],
    [2, 1, 1],
  ])
  for (let passed = 0; passed < 1_000; passed++) {
    now += minute
    activity.answered(200, 1)
  }
  const minutes = activity.minutes()
  expect(minutes).toHaveLength(360)
  expect(minutes.at(-1)?.at).toBe(Math.floor(now / minute) * minute)
  expect(minutes.every(({ requests }) => requests === 1)).toBe(true)
  // A clock that is set back loses nothing.
  now -= 10 * minute
  activity.answered(200, 1)
  expect(activity.minutes().at(-1)?.requests).toBe(2)
  // And after a long silence nothing is left.
  now += 1_000 * minute
  expect(activity.minutes().reduce((sum, { requests }) => sum + requests, 0)).toBe(0)
})

test('the overview counts what was asked and written, and warns of what should be seen to', async () => {
  const canary = createCanary()
  const server = await startServer()
  onTestFinished(() => server.close())
  await signUp(newBrowser(server), 'ada_lovelace')
  const { json: user } = await sendBackend(server, 'POST', '/v1/users', {
    username: 'grace_hopper',
    private_metadata: { note: canary.word },
  })
  await sendBackend(server, 'PATCH', `/v1/users/${user.id}/metadata`, { public_metadata: { plan: 'pro' } })
  await sendBackend(server, 'GET', '/v1/users/user_nobody')
  const schemas = { unsafe: { type: 'object', properties: { role: { type: 'string' } } } }
  await sendBackend(server, 'PUT', '/v1/metadata_schemas', { schemas, force: true })
  const { status, json, text } = await sendBackend(server, 'GET', '/v1/overview')
  expect(status).toBe(200)
  expect(json).toMatchObject({ users: 2, storage: 'memory', database_bytes: null, metadata_schemas_version: 1 })
  const sum = (name: string) =>
    json.minutes.reduce((all: number, one: Record<string, number>) => all + (one[name] ?? 0), 0)
  expect(['requests', 'writes', 'sign_ups', 'sign_ins', 'client_errors', 'server_errors'].map(sum)).toEqual([
    5, 3, 1, 1, 1, 0,
  ])
  expect(json.minutes.at(-1).p99_ms).toBeGreaterThanOrEqual(json.minutes.at(-1).p50_ms)
  expect(json.warnings.map(({ code, place }: { code: string; place: string }) => [code, place])).toEqual([
    ['authorization_in_unsafe', 'unsafe.role'],
    ['codes_not_sent', null],
  ])
  expect(canary.isIn(text)).toBe(false)
  expect((await sendBackend(server, 'GET', '/v1/overview', undefined, { authorization: '' })).status).toBe(401)
})

test('every storage says what it is, and what it takes', async () => {
  expect(await createMemoryStorage().describe()).toEqual({ engine: 'memory', bytes: null })
  const { url, drop } = await newDatabase()
  onTestFinished(drop)
  const directory = await newFolder()
  for (const [engine, open] of [
    ['sqlite', () => openStorage({ directory, database: undefined })],
    ['postgres', () => createPostgresStorage({ url })],
  ] as const) {
    const storage = await open()
    const { bytes, ...facts } = await storage.describe()
    expect(facts).toEqual({ engine })
    expect(bytes).toBeGreaterThan(10_000)
    await storage.close()
  }
})
