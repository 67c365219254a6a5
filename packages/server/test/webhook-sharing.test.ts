import { describe, expect, onTestFinished, test } from 'vitest'
import { newDatabase } from '../../conformance/new-database.ts'
import { scaled } from '../../conformance/scaled.ts'
import type { Storage } from '../src/index.ts'
import { createMemoryStorage } from '../src/storage/memory/memory-storage.ts'
import { createPostgresStorage } from '../src/storage/postgres/postgres-storage.ts'
import { sendBackend, startServer } from './setup.ts'
import { addEndpoint, deliver, type Endpoint, newUser, patch } from './webhook-setup.ts'

const writes = scaled(600)
const processes = 3

/** What several processes have in common. */
const stores: readonly (readonly [string, () => Promise<() => Promise<Storage>>])[] = [
  [
    'memory',
    async () => {
      const storage = createMemoryStorage()
      return async () => storage
    },
  ],
  [
    'PostgreSQL',
    async () => {
      const { url, drop } = await newDatabase()
      onTestFinished(drop)
      return () => createPostgresStorage({ url, maxConnections: 4 })
    },
  ],
]

describe.each(stores)('%s', (_, prepare) => {
  test('processes that share the work send each user’s events one after another and in order, and all of them', async () => {
    let now = Date.UTC(2026, 0, 1)
    const endpoints = new Map<string, Endpoint>()
    const open = await prepare()
    const sentBy = Array.from({ length: processes }, () => 0)
    const servers = await Promise.all(
      sentBy.map(async (_, index) =>
        startServer({
          storage: await open(),
          clock: () => now,
          webhooks: {
            timings: { giveUpAfter: 1e12, firstPause: 1_000, longestPause: 4_000 },
            fetch(request) {
              sentBy[index] = (sentBy[index] ?? 0) + 1
              return deliver(endpoints, request)
            },
          },
        }),
      ),
    )
    const [first] = servers as [(typeof servers)[number]]
    const [good, bad] = [await addEndpoint(first, endpoints), await addEndpoint(first, endpoints)]
    const wrong: string[] = []
    const done = new Map<string, number>()
    const seen = new Map<string, number>()
    for (const endpoint of [good, bad]) {
      const underWay = new Set<string>()
      endpoint.answer = async ({ id: eventId, json }) => {
        const attempts = (seen.get(eventId) ?? 0) + 1
        seen.set(eventId, attempts)
        const { id } = json.data
        const name = `${endpoint.id} ${id}`
        if (underWay.has(id)) wrong.push(`${name}: two at once`)
        underWay.add(id)
        await new Promise((resolve) => setTimeout(resolve, json.changes.version % 3))
        underWay.delete(id)
        if (endpoint === bad && attempts <= json.changes.version % 3) return 500
        const before = done.get(name) ?? 0
        if (json.changes.version > before + 1) wrong.push(`${name}: ${json.changes.version} after ${before}`)
        done.set(name, Math.max(before, json.changes.version))
        return 200
      }
    }
    const ids = await Promise.all(Array.from({ length: 12 }, () => newUser(first)))
    const work = Array.from({ length: writes }, (_, index) => index)
    const versions = new Map(ids.map((id) => [id, 1]))
    while (work.length > 0) {
      const some = work.splice(0, 24)
      await Promise.all(
        some.map(async (index) => {
          const id = ids[(index * 5) % ids.length] as string
          await patch(servers[index % processes] as typeof first, id, { public_metadata: { [`n${index % 4}`]: index } })
          versions.set(id, (versions.get(id) ?? 0) + 1)
        }),
      )
    }
    const left = () =>
      [...versions].flatMap(([id, version]) =>
        [good, bad].filter((one) => (done.get(`${one.id} ${id}`) ?? 0) < version),
      )
    for (let turn = 0; left().length > 0; turn++) {
      // Each is the first to ask now and then.
      const order = servers.map((_, index) => servers[(index + turn) % processes] as typeof first)
      await Promise.all(order.map((server) => server.deliverWebhooks()))
      now += 5_000
    }
    expect(wrong).toEqual([])
    for (const { id } of [good, bad]) {
      const { json } = await sendBackend(first, 'GET', `/v1/webhook_endpoints/${id}/deliveries?status=parked`)
      expect(json.data).toEqual([])
    }
    console.info(
      `${processes} processes: ${2 * (writes + ids.length)} events, attempts by process: ${sentBy.join(', ')}`,
    )
    await Promise.all(servers.map((server) => server.close()))
  })
})
