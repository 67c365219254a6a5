import { afterEach, beforeEach, expect, test } from 'vitest'
import { createCanary } from '../../conformance/canary.ts'
import { changeJson } from '../src/domain/changes/change-json.ts'
import type { Server, Storage } from '../src/index.ts'
import { createMemoryStorage } from '../src/storage/memory/memory-storage.ts'
import type { ChangeRow } from '../src/storage/rows.ts'
import { newBrowser, secretKey, sendBackend, signUp, startServer } from './setup.ts'

const day = 86_400_000

let now: number
let storage: Storage
let server: Server
const traceIds: string[] = []

beforeEach(async () => {
  now = Date.UTC(2026, 0, 1)
  await start()
})

afterEach(() => server.close())

async function start(options: object = {}): Promise<void> {
  storage = createMemoryStorage()
  traceIds.length = 0
  const log = ({ traceId }: { readonly traceId: string }) => traceIds.push(traceId)
  server = await startServer({ storage, clock: () => now, log, ...options })
}

/** The changes of a user, oldest first. */
async function changesOf(userId: string): Promise<readonly ChangeRow[]> {
  return [...(await storage.listChanges(userId, { limit: 10_000 }))].reverse()
}

async function create(body: object = {}): Promise<string> {
  return (await sendBackend(server, 'POST', '/v1/users', { username: 'ada_lovelace', ...body })).json.id
}

const write = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
  sendBackend(server, method, `/v1/users/${path}`, body, headers)

test('every change of a user by the Backend API is kept with what changed, by whom and by which request', async () => {
  const id = await create({ public_metadata: { plan: 'free' }, password: 'correct horse battery' })
  now += 1_000
  await write('PATCH', id, { first_name: 'Ada', external_id: 'e1' })
  await write('PATCH', `${id}/metadata`, { public_metadata: { plan: 'pro' } }, { 'idempotency-key': 'k1' })
  await write('PUT', `${id}/metadata`, { private_metadata: { n: null } })
  await write('POST', `${id}/ban`)
  await write('POST', `${id}/lock`)
  await write('POST', `${id}/unlock`)
  const changes = await changesOf(id)
  expect(changes.map(({ version, action, fields }) => [version, action, ...fields])).toEqual([
    [1, 'create', 'username', 'password', 'public_metadata'],
    [2, 'update', 'external_id', 'first_name'],
    [3, 'update', 'public_metadata'],
    [4, 'update', 'private_metadata'],
    [5, 'update', 'banned'],
    [6, 'update', 'locked'],
    [7, 'update', 'locked'],
  ])
  expect(changes.map(({ at, previousAt }) => [at, previousAt]).slice(0, 3)).toEqual([
    [now - 1_000, null],
    [now, now - 1_000],
    // A change is later than the one before it, whatever the clock says.
    [now + 1, now],
  ])
  expect(changes[2]?.metadata).toEqual({
    public: { forward: { merge: { plan: 'pro' } }, backward: { merge: { plan: 'free' } } },
  })
  expect(changes.map(({ actor }) => actor.traceId)).toEqual(traceIds)
  const keyIds = new Set(changes.map(({ actor }) => `${actor.side} ${actor.keyId}`))
  expect([...keyIds]).toEqual([expect.stringMatching(/^backend [\w-]{12}$/)])
  expect(changes.map(({ actor }) => typeof actor.idempotencyKey)).toEqual([
    'undefined',
    'undefined',
    'string',
    ...Array(4).fill('undefined'),
  ])
})

test('what a browser changes is kept with its session; a sign-in changes nothing', async () => {
  const browser = newBrowser(server)
  const id = await signUp(browser, 'ada_lovelace')
  const patch = '/v1/me/metadata?_method=PATCH&acme_idempotency_key=k1'
  await browser.send('POST', patch, { unsafe_metadata: '{"theme":"dark"}' })
  const [session] = await storage.listSessions(id)
  await server.signIn(id)
  const changes = await changesOf(id)
  expect(changes.map(({ version, action, fields }) => [version, action, ...fields])).toEqual([
    [1, 'create', 'username', 'password'],
    [2, 'update', 'unsafe_metadata'],
  ])
  for (const { actor } of changes) expect(actor).toMatchObject({ side: 'frontend', sessionId: session?.id })
  expect(changes.map(({ actor }) => actor.idempotencyKey !== undefined)).toEqual([false, true])
  expect((await storage.find('users', id))?.version).toBe(2)
})

test('users that the server itself creates are kept as its own doing', async () => {
  const [id = ''] = await server.createUsers([{ username: 'ada_lovelace' }])
  expect(await changesOf(id)).toMatchObject([{ version: 1, action: 'create', actor: { side: 'server' } }])
})

test('what is refused, and what is repeated under its key, leaves no change', async () => {
  const id = await create()
  const key = { 'idempotency-key': 'k1' }
  const refused = [
    await write('PATCH', `${id}/metadata`, { public_metadata: { text: 'x'.repeat(9_000) } }),
    await write('PATCH', `${id}/metadata`, { public_metadata: { a: 1 } }, { 'if-match': '"7"' }),
    await write('PATCH', id, { first_name: 'x'.repeat(300) }),
    await write('POST', 'user_nobody/ban'),
  ]
  expect(refused.map(({ status }) => status)).toEqual([422, 412, 422, 404])
  await write('PATCH', `${id}/metadata`, { public_metadata: { a: 1 } }, key)
  await write('PATCH', `${id}/metadata`, { public_metadata: { a: 1 } }, key)
  expect((await changesOf(id)).map(({ version }) => version)).toEqual([1, 2])
})

test('of a user who is deleted it is kept that they were, and by whom, and nothing of what they had', async () => {
  const canary = createCanary()
  const id = await create({ public_metadata: { a: canary.word }, private_metadata: { b: canary.word } })
  await write('PUT', `${id}/metadata`, { private_metadata: { c: [canary.word] } })
  await write('DELETE', id)
  const changes = await changesOf(id)
  expect(changes).toMatchObject([{ version: 3, action: 'delete', actor: { side: 'backend' }, fields: [] }])
  expect(canary.isIn(JSON.stringify(changes))).toBe(false)
  expect(JSON.stringify(changes)).not.toContain('ada_lovelace')
})

test('of a change the front end is shown what it may see of the user, and not by which key or request', async () => {
  const canary = createCanary()
  const id = await create({ public_metadata: { a: 1 }, private_metadata: { [canary.word]: canary.word } })
  await write('PUT', `${id}/metadata`, { private_metadata: { b: [canary.word], n: null }, unsafe_metadata: { c: 1 } })
  await write('PATCH', `${id}/metadata`, { private_metadata: { b: null } })
  const changes = await changesOf(id)
  for (const change of changes) expect(canary.isIn(JSON.stringify(changeJson(change, 'backend')))).toBe(true)
  const shown = changes.map((change) => changeJson(change, 'frontend'))
  expect(canary.isIn(JSON.stringify(shown))).toBe(false)
  expect(JSON.stringify(shown)).not.toContain('private')
  // Each is later than the one before, by a millisecond at least.
  const common = (version: number) => {
    return { object: 'user_change', user_id: id, created_at: now + version - 1, side: 'backend', version }
  }
  const made = (merge: object) => ({ forward: { merge }, backward: { merge: expect.anything() } })
  expect(shown).toEqual([
    {
      ...common(1),
      action: 'create',
      fields: ['username', 'public_metadata'],
      public_metadata: made({ a: 1 }),
    },
    { ...common(2), action: 'update', fields: ['unsafe_metadata'], unsafe_metadata: made({ c: 1 }) },
    { ...common(3), action: 'update', fields: [] },
  ])
})

test('who was there before changes were kept has the versions since', async () => {
  const id = await create({ public_metadata: { a: 1 } })
  const user = await storage.find('users', id)
  if (!user) throw new Error('not created')
  const old = { ...user, version: 5 }
  await storage.transact({
    reads: [],
    decide: () => ({ writes: [{ forgetChangesOf: id }, { put: 'users', row: old }], result: null }),
  })
  now += 1_000
  await write('PATCH', `${id}/metadata`, { public_metadata: { a: 2 } })
  expect((await write('GET', `${id}/changes`)).json).toMatchObject([{ version: 6 }])
  expect((await write('GET', `${id}/versions/5`)).json).toMatchObject({
    version: 5,
    created_at: now - 1_000,
    public_metadata: { a: 1 },
  })
  const { status, json } = await write('GET', `${id}/versions/4`)
  expect([status, json.errors[0].code]).toEqual([404, 'version_not_kept'])
  expect(json.errors[0].long_message).toContain('5 to 6')
})

test('no secret key and no password is in what is kept', async () => {
  const id = await create({ password: 'correct horse battery' })
  const text = JSON.stringify(await changesOf(id))
  expect(text).not.toContain(secretKey)
  expect(text).not.toContain('correct horse')
  expect(text).not.toContain((await storage.find('users', id))?.passwordHash)
})

test('changes are kept for 90 days, or as long as is asked for, and then swept away', async () => {
  for (const [options, days] of [
    [{}, 90],
    [{ historyLifetime: 2 * day }, 2],
  ] as const) {
    await server.close()
    await start(options)
    const id = await create()
    now += days * day - 1_000
    await write('POST', `${id}/ban`)
    expect(await changesOf(id)).toHaveLength(2)
    now += 61_000
    await write('GET', id)
    expect((await changesOf(id)).map(({ version }) => version)).toEqual([2])
  }
})

test('where nothing is to be kept, nothing is', async () => {
  await server.close()
  await start({ historyLifetime: 0 })
  const id = await create()
  await write('POST', `${id}/ban`)
  expect(await changesOf(id)).toEqual([])
})

test('of a user who changes again and again the latest are kept, and less than twice as many as are asked for', async () => {
  await server.close()
  await start({ historySize: 10 })
  const id = await create()
  for (let version = 2; version <= 65; version++) {
    await write('PATCH', `${id}/metadata`, { public_metadata: { version } })
    const kept = (await changesOf(id)).map((change) => change.version)
    expect(kept.length).toBeGreaterThanOrEqual(Math.min(version, 10))
    expect(kept.length).toBeLessThan(20)
    expect(kept).toEqual(kept.map((_, index) => version - kept.length + 1 + index))
  }
})

test('a large change counts as several, so that nobody’s history grows without bound', async () => {
  await server.close()
  await start({ historySize: 50 })
  const id = await create()
  let most = 0
  for (let version = 2; version <= 60; version++) {
    await write('PATCH', `${id}/metadata`, { unsafe_metadata: { text: `${version % 10}`.repeat(8_000) } })
    most = Math.max(most, JSON.stringify(await changesOf(id)).length)
  }
  expect(most).toBeLessThan(2 * 50 * 2_048 + 20_000)
  const kept = (await changesOf(id)).map(({ version }) => version)
  expect(kept).toEqual(kept.map((_, index) => 61 - kept.length + index))
  expect(kept.length).toBeGreaterThan(5)
})
