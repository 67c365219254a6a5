import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { newDatabase } from '../../conformance/new-database.ts'
import { createRhythm } from '../src/domain/rhythm.ts'
import { createTraffic } from '../src/domain/traffic.ts'
import { oldestPending } from '../src/domain/webhooks/oldest-pending.ts'
import { createRoom } from '../src/domain/webhooks/room.ts'
import { createPostgresStorage } from '../src/storage/postgres/postgres-storage.ts'
import { createSqliteStorage } from '../src/storage/sqlite/sqlite-storage.ts'
import type { Storage, Write } from '../src/storage/storage.ts'
import { sendBackend, startServer } from './setup.ts'
import { newUser, patch, type Received, startWorld, storages, type World } from './webhook-setup.ts'

const told = (events: readonly Received[]) => events.map(({ json }) => `${json.type} ${json.changes.version}`)
const day = 86_400_000

/** A storage that notes the writes of each transaction in short: what is put where, and not its values. */
function noting(storage: Storage, noted: string[][]): Storage {
  return {
    ...storage,
    transact: (transaction) =>
      storage.transact({
        ...transaction,
        decide(rows) {
          const decision = transaction.decide(rows)
          noted.push(decision.writes.map((write) => nameOf(write)))
          return decision
        },
      }),
  }
}

function nameOf(write: Write): string {
  if ('put' in write) return `put ${write.put}`
  return 'delete' in write ? `delete ${write.delete}` : (Object.keys(write)[0] ?? '')
}

describe.each(storages)('%s', (_, open) => {
  /** A server beside another that sends nothing: what it changes stays untold until the other looks. */
  async function startSilent(storage: Storage, { server, now }: World, options: object = {}) {
    // Whoever sends has nothing to look for any more.
    await server.deliverWebhooks()
    return startServer({ storage: { ...storage, close: async () => {} }, clock: now, ...options })
  }

  test('a write is the same with endpoints and without, and without any nothing is to be told', async () => {
    const noted: string[][] = []
    const storage = await open()
    const { server, addEndpoint } = await startWorld(noting(storage, noted))
    const writesOf = async () => {
      noted.length = 0
      const id = await newUser(server)
      await patch(server, id, { public_metadata: { n: 1 } })
      await sendBackend(server, 'DELETE', `/v1/users/${id}`)
      return noted.filter((writes) => writes.includes('append'))
    }
    const without = await writesOf()
    expect(without).toHaveLength(3)
    expect(await storage.listUntold(10)).toEqual([])
    for (let count = 0; count < 3; count++) await addEndpoint()
    expect(await writesOf()).toEqual(without)
  })

  test('endpoints are told of what happened while they were there, and of nothing before or after', async () => {
    const storage = await open()
    const world = await startWorld(storage)
    const { server, addEndpoint } = world
    const [there, going] = [await addEndpoint(), await addEndpoint()]
    const silent = await startSilent(storage, world)
    const id = await newUser(silent)
    await patch(silent, id, { public_metadata: { n: 1 } })
    expect(await storage.listUntold(10)).toMatchObject([
      { userId: id, version: 1, action: 'create', untold: { endpointIds: [there.id, going.id] } },
      { userId: id, version: 2, action: 'update', fields: ['public_metadata'] },
    ])
    const removed = await sendBackend(silent, 'DELETE', `/v1/webhook_endpoints/${going.id}`)
    expect(removed.status).toBe(200)
    const coming = await addEndpoint()
    await patch(silent, id, { public_metadata: { n: 2 } })
    await server.deliverWebhooks()
    expect(told(there.received)).toEqual(['user.created 1', 'user.updated 2', 'user.updated 3'])
    expect(told(coming.received)).toEqual(['user.updated 3'])
    expect(going.received).toEqual([])
    expect(await storage.listUntold(10)).toEqual([])
    await server.deliverWebhooks()
    expect([there.received.length, coming.received.length]).toEqual([3, 1])
  })

  test('what is told twice, because nobody knew that it was, is sent once and under one id', async () => {
    const stored = await open()
    let again: Awaited<ReturnType<Storage['listUntold']>> = []
    // Shows for ever what it has shown, as a standby would that has not heard of what came since.
    const storage: Storage = {
      ...stored,
      async listUntold(limit) {
        again = [...again, ...(await stored.listUntold(limit))]
        return again
      },
    }
    const { server, addEndpoint } = await startWorld(storage)
    const endpoint = await addEndpoint()
    const id = await newUser(server)
    await server.deliverWebhooks()
    await patch(server, id, { public_metadata: { n: 1 } })
    await server.deliverWebhooks()
    await server.deliverWebhooks()
    expect(again).toHaveLength(2)
    expect(told(endpoint.received)).toEqual(['user.created 1', 'user.updated 2'])
  })

  test.each([
    ['nothing is kept', { historyLifetime: 0 }],
    ['little is kept', { historySize: 2 }],
  ])('no change goes before it is told where %s, and none of it stays then', async (_, options) => {
    const storage = await open()
    const world = await startWorld(storage)
    const { server, addEndpoint, pass } = world
    const endpoint = await addEndpoint()
    const silent = await startSilent(storage, world, options)
    const id = await newUser(silent, { private_metadata: { a: 'canary-of-the-feed' } })
    for (let n = 0; n < 8; n++) await patch(silent, id, { private_metadata: { n, text: 'canary'.repeat(500) } })
    pass(61_000)
    await sendBackend(silent, 'GET', `/v1/users/${id}`)
    expect((await storage.listUntold(20)).map(({ version }) => version)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
    const before = await storage.listChanges(id, { limit: 20 })
    if ('historyLifetime' in options) {
      expect(JSON.stringify(before)).not.toContain('canary')
      expect((await sendBackend(silent, 'GET', `/v1/users/${id}/changes`)).json).toEqual([])
    }
    await server.deliverWebhooks()
    expect(told(endpoint.received)).toEqual([
      'user.created 1',
      ...[2, 3, 4, 5, 6, 7, 8, 9].map((n) => `user.updated ${n}`),
    ])
    if ('historyLifetime' in options) expect(await storage.listChanges(id, { limit: 20 })).toEqual([])
    // The next ones take what was left along.
    for (let n = 0; n < 4; n++) await patch(silent, id, { public_metadata: { n, text: 'x'.repeat(3_000) } })
    await server.deliverWebhooks()
    for (let n = 0; n < 4; n++) await patch(silent, id, { public_metadata: { n, text: 'y'.repeat(3_000) } })
    const kept = (await storage.listChanges(id, { limit: 20 })).map(({ version }) => version)
    expect(kept.every((version) => version > 11)).toBe(true)
  })

  test('an endpoint that answers nobody is told of a handful, whatever is written, and of the rest once it answers', async () => {
    const storage = await open()
    const world = await startWorld(storage, { giveUpAfter: 1e12 })
    const { server, addEndpoint, pass } = world
    const endpoint = await addEndpoint()
    const silent = await startSilent(storage, world)
    const since = world.now()
    const ids = await Promise.all(Array.from({ length: 8 }, () => newUser(silent)))
    expect(await oldestPending(storage)).toBe(since)
    const write = async () => {
      for (let n = 0; n < 15; n++)
        await Promise.all(ids.map((id) => patch(silent, id, { private_metadata: { n, text: 'canary-of-the-feed' } })))
    }
    await write()
    endpoint.answer = () => 500
    await server.deliverWebhooks()
    const query = { endpointId: endpoint.id, by: 'time', direction: 'ascending', limit: 1_000 } as const
    const made = await storage.listDeliveries(query)
    await write()
    // Another one that is paused is sent nothing, and so needs nothing.
    const { id: pausedId } = await addEndpoint({ status: 'paused' })
    await patch(silent, ids[0] ?? '', { public_metadata: { n: 1 } })
    await server.deliverWebhooks()
    expect(await storage.listDeliveries(query)).toEqual(made)
    expect(await storage.listUntold(1_000)).toHaveLength(8 + 2 * 120 + 1 - made.length)
    expect(await oldestPending(storage)).toBe(since)
    // All of it is listed, and each is found, whether or not anything is made of it yet.
    const path = `/v1/webhook_endpoints/${endpoint.id}`
    const listed: string[] = []
    for (let hasMore = true; hasMore; ) {
      const after = listed.length > 0 ? `&starting_after=${listed.at(-1)}` : ''
      const { json } = await sendBackend(silent, 'GET', `${path}/deliveries?limit=90${after}`)
      listed.push(...json.data.map((one: { event_id: string }) => one.event_id))
      hasMore = json.has_more
    }
    expect(listed).toHaveLength(8 + 2 * 120 + 1)
    expect(listed).toEqual([...new Set(listed)].sort().reverse())
    const { json: newest } = await sendBackend(silent, 'GET', `${path}/deliveries/${listed[0]}`)
    expect(newest).toMatchObject({ event_id: listed[0], status: 'pending', attempts: 0 })
    expect(JSON.stringify(newest)).not.toContain('canary')
    const again = await sendBackend(silent, 'POST', `${path}/replay`, { event_id: listed[0] })
    expect(again).toMatchObject({ status: 200, json: { replayed: 1 } })
    endpoint.answer = () => 200
    endpoint.received.length = 0
    // The endpoint is left alone for a while, and each user's first event for longer.
    for (let minute = 0; minute < 3; minute++) {
      pass(60_000)
      await server.deliverWebhooks()
    }
    for (const id of ids) {
      const versions = endpoint.received
        .filter(({ json }) => json.data.id === id)
        .map(({ json }) => json.changes.version)
      expect(versions).toEqual(Array.from({ length: id === ids[0] ? 32 : 31 }, (_, index) => index + 1))
    }
    expect(JSON.stringify(endpoint.received)).not.toContain('canary')
    expect(await storage.listUntold(10)).toEqual([])
    expect(await storage.listDeliveries({ ...query, endpointId: pausedId })).toHaveLength(1)
    await sendBackend(silent, 'DELETE', `/v1/webhook_endpoints/${pausedId}`)
    expect(await oldestPending(storage)).toBeUndefined()
  })

  test('a change that waits to be told is kept no longer for that than the history lasts', async () => {
    const storage = await open()
    const world = await startWorld(storage, { giveUpAfter: 1e12 })
    const { server, addEndpoint, pass } = world
    const silent = await startSilent(storage, world)
    const { id: endpointId } = await addEndpoint({ status: 'paused' })
    const id = await newUser(silent)
    await server.deliverWebhooks()
    expect(await storage.listUntold(10)).toHaveLength(1)
    const sender = await startSilent(storage, world, { historyLifetime: day, webhooks: { fetch: () => expect.fail() } })
    await sender.deliverWebhooks()
    expect(await storage.listUntold(10)).toHaveLength(1)
    pass(day + 60_001)
    await sender.deliverWebhooks()
    await sendBackend(sender, 'GET', `/v1/users/${id}`)
    expect(await storage.listUntold(10)).toEqual([])
    await expect.poll(() => storage.listChanges(id, { limit: 10 })).toEqual([])
    expect(await sendBackend(sender, 'GET', `/v1/webhook_endpoints/${endpointId}/deliveries`)).toMatchObject({
      json: { data: [{ type: 'user.created', status: 'pending' }] },
    })
  })

  test('of a user who went before they were told of, that is told, and by which id they were known', async () => {
    const storage = await open()
    const world = await startWorld(storage)
    const { server, addEndpoint } = world
    const endpoint = await addEndpoint()
    for (const options of [{}, { historyLifetime: 0 }]) {
      const silent = await startSilent(storage, world, options)
      endpoint.received.length = 0
      const id = await newUser(silent, { external_id: 'canary-of-their-own' })
      await patch(silent, id, { public_metadata: { n: 1 } })
      await sendBackend(silent, 'DELETE', `/v1/users/${id}`)
      await server.deliverWebhooks()
      expect(endpoint.received.map(({ json }) => [json.type, json.data])).toEqual([
        ['user.deleted', { object: 'user', id, deleted: true, external_id: 'canary-of-their-own' }],
      ])
      // What is left of them in the feed does not say how they were known.
      const left = JSON.stringify([await storage.listUntold(10), await storage.listChanges(id, { limit: 10 })])
      expect(left).not.toContain('canary')
    }
  })

  test('what nobody told for thirty days is told no more, and stays in the history as long as the rest', async () => {
    const storage = await open()
    const world = await startWorld(storage)
    const { server, addEndpoint, pass } = world
    const endpoint = await addEndpoint()
    const silent = await startSilent(storage, world)
    const id = await newUser(silent)
    pass(31 * day)
    await sendBackend(silent, 'GET', `/v1/users/${id}`)
    expect(await storage.listUntold(10)).toEqual([])
    expect(await storage.listChanges(id, { limit: 10 })).toHaveLength(1)
    await server.deliverWebhooks()
    expect(endpoint.received).toEqual([])
  })

  test('a change that is to be told moves to another database, and is told there under the same id', async () => {
    const storage = await open()
    const world = await startWorld(storage)
    const { url } = await world.addEndpoint()
    const silent = await startSilent(storage, world)
    const id = await newUser(silent)
    const [untold] = await storage.listUntold(10)
    const moved: string[] = []
    for (const [, openOther] of storages) {
      const other = await openOther()
      for await (const writes of storage.dump())
        await other.transact({ reads: [], decide: () => ({ writes, result: undefined }) })
      expect(await other.listUntold(10)).toEqual([untold])
      const server = await startServer({
        storage: other,
        clock: world.now,
        webhooks: {
          async fetch(request) {
            expect(request.url).toBe(url)
            moved.push(`${request.headers.get('webhook-id')}`)
            return new Response()
          },
        },
      })
      onTestFinished(() => server.close())
      await server.deliverWebhooks()
    }
    expect(moved).toEqual(Array(storages.length).fill(`msg_${moved[0]?.slice(4, 12)}${id.slice(-19)}`))
  })
})

/** A storage as the version before left it: deliveries and changes, and no word of what is untold. */
const older: Record<string, () => Promise<{ open(): Promise<Storage>; age(): Promise<void> }>> = {
  async SQLite() {
    const folder = await mkdtemp(join(tmpdir(), 'acme-untold-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const file = join(folder, 'acme.db')
    return {
      open: async () => createSqliteStorage({ database: new DatabaseSync(file) }),
      async age() {
        const database = new DatabaseSync(file)
        database.exec('DROP INDEX changes_untold; ALTER TABLE changes DROP COLUMN untold')
        const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number }
        database.exec(`PRAGMA user_version = ${version - 1}`)
        database.close()
      },
    }
  },
  async PostgreSQL() {
    const { url, drop } = await newDatabase()
    onTestFinished(drop)
    const { default: postgres } = await import('postgres')
    return {
      open: () => createPostgresStorage({ url }),
      async age() {
        const sql = postgres(url, { max: 1, onnotice: () => {} })
        // What came after it, which is made again as well.
        await sql`CREATE INDEX user_lists_by_email_addresses ON user_lists USING GIN (email_addresses)`
        await sql`DROP INDEX user_lists_by_other_email_addresses`
        await sql`ALTER TABLE changes DROP COLUMN untold`
        await sql`UPDATE acme_schema SET version = version - 2`
        await sql.end()
      },
    }
  },
}

test.each(Object.entries(older))(
  'a database of the version before loses no delivery, and tells nothing again: %s',
  async (_, make) => {
    const { open, age } = await make()
    const storage = await open()
    const { server, addEndpoint, now, pass } = await startWorld(storage)
    const endpoint = await addEndpoint()
    const [ada, eve] = [await newUser(server), await newUser(server)]
    await server.deliverWebhooks()
    endpoint.answer = () => 500
    await patch(server, ada, { public_metadata: { n: 1 } })
    await patch(server, eve, { public_metadata: { n: 1 } })
    await server.deliverWebhooks()
    await server.close()
    await age()
    const received: string[] = []
    const next = await startServer({
      storage: await open(),
      clock: now,
      webhooks: {
        async fetch(request) {
          const { data, changes } = (await request.json()) as { data: { id: string }; changes: { version: number } }
          received.push(`${data.id === ada ? 'ada' : 'eve'} ${changes.version}`)
          return new Response()
        },
      },
    })
    onTestFinished(() => next.close())
    await patch(next, ada, { public_metadata: { n: 2 } })
    pass(5_000)
    await next.deliverWebhooks()
    expect(received.filter((one) => one.startsWith('ada'))).toEqual(['ada 2', 'ada 3'])
    expect(received.filter((one) => one.startsWith('eve'))).toEqual(['eve 2'])
  },
)

test('who waits for an answer goes first, and what gives way is done all the same, one by one', async () => {
  const traffic = createTraffic()
  const done: number[] = []
  // Nobody waits: nothing is put off.
  await traffic.giveWay(1)
  traffic.begin()
  let isOver = false
  // A thread that has no time to spare.
  const busy = (async () => {
    while (!isOver) {
      for (const since = performance.now(); performance.now() - since < 4; );
      await new Promise((resolve) => setImmediate(resolve))
    }
  })()
  await new Promise((resolve) => setTimeout(resolve, 20))
  const since = performance.now()
  await Promise.all([1, 2, 3].map(async (n) => traffic.giveWay(0.5).then(() => done.push(n))))
  expect(done).toEqual([1, 2, 3])
  expect(performance.now() - since).toBeGreaterThan(30)
  isOver = true
  await busy
  traffic.end()
  expect(traffic.underWay).toBe(0)
})

test('an endpoint has enough once each share of its users has, and one that is crowded lets the others have a little', () => {
  const room = createRoom()
  const tell = (count: number, ...shards: number[]) => {
    for (let n = 0; n < count; n++) for (const shard of shards) room.noteTold({ endpointId: 'we_1', shard })
    return room.appetiteOf('we_1')
  }
  expect(room.appetiteOf('we_1')).toBe('hungry')
  expect([tell(24, 0, 1, 2, 3), tell(1, 0, 1, 2), tell(1, 3)]).toEqual(['hungry', 'hungry', 'sated'])
  expect(room.appetiteOf('we_2')).toBe('hungry')
  room.noteDue({ endpointId: 'we_1', shard: 2 }, 3)
  expect([tell(24, 0), tell(1, 0), tell(30, 2)]).toEqual(['hungry', 'peckish', 'sated'])
})

test('a rhythm begins at once, takes together what comes meanwhile, and ends', () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  let count = 0
  const rhythm = createRhythm(() => count++, 20)
  const after = (milliseconds: number) => {
    vi.advanceTimersByTime(milliseconds)
    return count
  }
  rhythm.ask()
  expect(count).toBe(1)
  for (let n = 0; n < 10; n++) rhythm.ask()
  expect([after(19), after(1), after(100)]).toEqual([1, 2, 2])
  rhythm.ask()
  expect(count).toBe(3)
  rhythm.ask()
  rhythm.end()
  rhythm.ask()
  expect(after(100)).toBe(3)
})
