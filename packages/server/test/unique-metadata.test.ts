import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { newDatabase } from '../../conformance/new-database.ts'
import { scaled } from '../../conformance/scaled.ts'
import { createPostgresStorage } from '../src/storage/postgres/postgres-storage.ts'
import { createSqliteStorage } from '../src/storage/sqlite/sqlite-storage.ts'
import type { Storage } from '../src/storage/storage.ts'
import { newBrowser, sendBackend, startServer } from './setup.ts'

/** Opens one database twice, as two processes do. */
const databases: Record<string, () => Promise<() => Promise<Storage>>> = {
  SQLite: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'acme-unique-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    return async () => createSqliteStorage({ database: new DatabaseSync(join(folder, 'acme.db')) })
  },
  PostgreSQL: async () => {
    const { url, drop } = await newDatabase()
    onTestFinished(drop)
    return () => createPostgresStorage({ url })
  },
}

test.each(Object.entries(databases))(
  'of two servers on one %s that write a value that must be unique exactly one wins, every time',
  async (_, database) => {
    const open = await database()
    const servers = [
      await startServer({ storage: await open() }),
      await startServer({ storage: await open() }),
    ] as const
    onTestFinished(async () => void (await Promise.all(servers.map((server) => server.close()))))
    const [one] = servers
    const options = { unique: ['private.customerId'] }
    await sendBackend(one, 'PUT', '/v1/metadata_schemas', { schemas: {}, options })
    await one.runJobs()
    const people: string[] = []
    for (const username of ['ada', 'grace'])
      people.push((await sendBackend(one, 'POST', '/v1/users', { username })).json.id)
    const total = scaled(10_000, 50)
    for (let done = 0; done < total; done += 20) {
      // Many at once, and each of them by both: who wins is up to the database.
      const values = Array.from({ length: 20 }, (_, index) => `cus_${done + index}`)
      const made = await Promise.all(
        values.map((value, index) =>
          Promise.all(
            servers.map((server) => {
              const body = {
                username: `u_${value}_${servers.indexOf(server)}`,
                private_metadata: { customerId: value },
              }
              return index % 2
                ? sendBackend(server, 'POST', '/v1/users', body)
                : sendBackend(server, 'PATCH', `/v1/users/${people[servers.indexOf(server)]}/metadata`, {
                    private_metadata: { customerId: value },
                  })
            }),
          ),
        ),
      )
      for (const [index, both] of made.entries()) {
        const won = both.filter(({ status }) => status === 200)
        const lost = both.filter(({ status }) => status !== 200)
        // A user who went on to the next value has let go of this one, which the other may have then.
        if (index % 2) expect([won.length, lost.length]).toEqual([1, 1])
        else expect(won.length).toBeGreaterThan(0)
        for (const { status, json } of lost) expect([status, json.errors[0].code]).toEqual([422, 'metadata_not_unique'])
      }
    }
    const { json } = await sendBackend(one, 'GET', '/v1/users/count?metadata[private][customerId]=')
    const holders = new Set<string>()
    for (let offset = 0; offset < json.total_count; offset += 500) {
      const page = await sendBackend(one, 'GET', `/v1/users?limit=500&offset=${offset}&metadata[private][customerId]=`)
      for (const user of page.json) {
        expect(holders.has(user.private_metadata.customerId)).toBe(false)
        holders.add(user.private_metadata.customerId)
      }
    }
    expect(holders.size).toBe(json.total_count)
  },
  600_000,
)

test('a value that came with a sign-up is free again once its user is deleted', async () => {
  const server = await startServer()
  onTestFinished(() => server.close())
  await sendBackend(server, 'PUT', '/v1/metadata_schemas', { schemas: {}, options: { unique: ['unsafe.handle'] } })
  await server.runJobs()
  for (const username of ['ada', 'grace']) {
    const form = { username, password: 'correct horse battery', unsafe_metadata: '{"handle":"first"}' }
    const { json } = await newBrowser(server).send('POST', '/v1/client/sign_ups', form)
    expect(json.response?.status).toBe('complete')
    await sendBackend(server, 'DELETE', `/v1/users/${json.response.created_user_id}`)
  }
})
