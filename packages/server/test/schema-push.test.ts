import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { JobJson } from '@acme/schema/wire'
import { describe, expect, onTestFinished, test } from 'vitest'
import { newDatabase } from '../../conformance/new-database.ts'
import { scaled } from '../../conformance/scaled.ts'
import type { Server, Storage } from '../src/index.ts'
import type { CallBackend } from '../src/node/connect-backend.ts'
import { finishJob } from '../src/node/finish-job.ts'
import { createMemoryStorage } from '../src/storage/memory/memory-storage.ts'
import { createPostgresStorage } from '../src/storage/postgres/postgres-storage.ts'
import { createSqliteStorage } from '../src/storage/sqlite/sqlite-storage.ts'
import { call, newFolder, readKeys, start, startIn } from './command-line-setup.ts'
import { sendBackend, startServer } from './setup.ts'
import { storages } from './webhook-setup.ts'

const plans = (...plan: string[]) => ({
  schemas: { public: { type: 'object', properties: { plan: { enum: plan } }, additionalProperties: false } },
})

/** A storage whose lists of users wait until they are let go. */
function gated(storage: Storage) {
  const gate = Promise.withResolvers<void>()
  const proxy = new Proxy(storage, {
    get(target, name) {
      const method = (target[name as keyof Storage] as (...args: unknown[]) => unknown).bind(target)
      return name === 'listUsers' ? (...args: unknown[]) => gate.promise.then(() => method(...args)) : method
    },
  })
  return { storage: proxy, open: gate.resolve }
}

const put = (server: Server, body: object, headers: Record<string, string> = { prefer: 'respond-async' }) =>
  sendBackend(server, 'PUT', '/v1/metadata_schemas', body, headers)
const read = async (server: Server) => (await sendBackend(server, 'GET', '/v1/metadata_schemas')).json
const job = async (server: Server, id: string) => (await sendBackend(server, 'GET', `/v1/jobs/${id}`)).json
const newUser = async (server: Server, username: string, plan: string) =>
  (await sendBackend(server, 'POST', '/v1/users', { username, public_metadata: { plan } })).json
const setPlan = async (server: Server, id: string, plan: string) =>
  (await sendBackend(server, 'PATCH', `/v1/users/${id}/metadata`, { public_metadata: { plan } })).status

describe.each(storages)('on %s', (_, open) => {
  test('writes are judged by what is pushed from the moment it is, and by it alone once it holds', async () => {
    const { storage, open: go } = gated(await open())
    const server = await startServer({ storage })
    await put(server, { ...plans('free', 'pro'), force: true })
    const { id } = await newUser(server, 'ada', 'free')
    const pushed = await put(server, plans('free', 'gold'))
    expect([pushed.status, pushed.json]).toMatchObject([202, { object: 'job', kind: 'metadata_schemas_push' }])
    expect(await read(server)).toMatchObject({ version: 1, pending: { version: 2, job_id: pushed.json.id } })
    // By both: what the one that holds knows alone, and what the next will know alone, is refused.
    expect([await setPlan(server, id, 'pro'), await setPlan(server, id, 'gold')]).toEqual([422, 422])
    expect((await newUser(server, 'bea', 'pro')).errors).toBeDefined()
    expect(await setPlan(server, id, 'free')).toBe(200)
    const other = await put(server, { ...plans('x'), force: true })
    expect([other.status, other.json.errors[0].code]).toEqual([409, 'metadata_schemas_busy'])
    go()
    await server.runJobs()
    expect(await job(server, pushed.json.id)).toMatchObject({
      status: 'done',
      progress: { done: 1, total: 1 },
      result: { users: 1, broken: 0, version: 2 },
    })
    expect(await read(server)).toMatchObject({ version: 2, versions: [{ version: 1 }, { version: 2 }] })
    expect((await read(server)).pending).toBeUndefined()
    expect([await setPlan(server, id, 'gold'), await setPlan(server, id, 'pro')]).toEqual([200, 422])
    await server.close()
  })

  test('a push that was cancelled, or that users break, leaves nothing behind', async () => {
    const { storage, open: go } = gated(await open())
    const server = await startServer({ storage })
    const { id } = await newUser(server, 'ada', 'canary')
    const first = await put(server, plans('free'))
    await sendBackend(server, 'POST', `/v1/jobs/${first.json.id}/cancel`)
    expect(await read(server)).toMatchObject({ object: 'metadata_schemas', version: 0, schemas: {}, versions: [] })
    expect(await setPlan(server, id, 'anything')).toBe(200)
    expect(await setPlan(server, id, 'canary')).toBe(200)
    const second = await put(server, plans('free'))
    go()
    await server.runJobs()
    const failed = await job(server, second.json.id)
    expect(failed).toMatchObject({
      status: 'failed',
      error: { code: 'metadata_schemas_broken' },
      result: {
        users: 1,
        broken: 1,
        paths: [{ param_name: 'public_metadata', path: ['plan'], users: 1, examples: [id] }],
      },
    })
    expect(JSON.stringify(failed)).not.toContain('canary')
    expect(await read(server)).toMatchObject({ version: 0, versions: [] })
    expect((await job(server, first.json.id)).status).toBe('cancelled')
    await server.close()
  })
})

const shared: readonly (readonly [string, () => Promise<() => Promise<Storage>>])[] = [
  [
    'memory',
    async () => {
      const storage = createMemoryStorage()
      return async () => storage
    },
  ],
  [
    'SQLite',
    async () => {
      const storage = createSqliteStorage({ database: new DatabaseSync(':memory:') })
      return async () => storage
    },
  ],
  [
    'PostgreSQL',
    async () => {
      const { url, drop } = await newDatabase()
      onTestFinished(drop)
      return () => createPostgresStorage({ url, maxConnections: 8 })
    },
  ],
]

test.each(shared)(
  'what is written by two processes on %s while schemas are pushed never breaks those that hold',
  async (name, prepare) => {
    const open = await prepare()
    const servers = await Promise.all([open(), open()].map(async (storage) => startServer({ storage: await storage })))
    const [first] = servers as [Server]
    const people = await first.createUsers(
      Array.from({ length: 60 }, (_, index) => ({ username: `person_${index}`, public_metadata: { plan: 'a' } })),
    )
    const ids = [...people]
    let isOver = false
    let [writes, refused] = [0, 0]
    const writer = async (server: Server, own: number) => {
      for (let turn = 0; !isOver; turn++) {
        // In memory nothing would ever give others their turn.
        await new Promise((resolve) => setImmediate(resolve))
        const plan = ['a', 'b', 'c'][(turn + own) % 3] as string
        if (turn % 11 === 0) {
          const { id } = await newUser(server, `late_${own}_${turn}`, plan)
          if (id) ids.push(id)
        }
        const status = await setPlan(server, ids[(turn * 7 + own) % ids.length] as string, plan)
        writes++
        if (status !== 200) refused++
      }
    }
    const writers = Array.from({ length: 8 }, (_, own) => writer(servers[own % 2] as Server, own))
    const outcomes: string[] = []
    for (let round = 0; round < scaled(60, 6); round++) {
      const allowed = round % 2 === 0 ? ['a', 'b', 'c'] : ['a', 'b'].slice(0, 1 + (round % 4 === 1 ? 1 : 0))
      const { status, json } = await put(servers[round % 2] as Server, plans(...allowed), {})
      outcomes.push(status === 200 ? 'held' : json.errors[0].code)
      if (status !== 200) continue
      // Whatever is stored from now on, those that hold take.
      const { json: check } = await sendBackend(first, 'POST', '/v1/metadata_schemas/check', plans(...allowed))
      expect(check.broken).toBe(0)
      if (allowed.length === 3) {
        // Room for writes that the next one refuses.
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    }
    isOver = true
    await Promise.all(writers)
    const held = outcomes.filter((one) => one === 'held').length
    console.info(`${name}: ${writes} writes, ${refused} refused; ${held} of ${outcomes.length} pushes held`)
    for (const server of servers) await server.close()
  },
)

test('a push from a shell goes on where a server was killed, and tells how it ended', async () => {
  const folder = await newFolder()
  const first = start('--data', folder, '--port', '0')
  await first.until('Ctrl-C stops')
  const keys = await readKeys(folder)
  const port = new URL(keys['ACME_API_URL'] as string).port
  const count = scaled(5_000, 600)
  for (let done = 0; done < count; done += 100) {
    await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        call(keys, '/v1/users', {
          username: `person_${done + index}`,
          public_metadata: { plan: index === 7 ? 'x' : 'a' },
        }),
      ),
    )
  }
  const module = join(folder, 'metadata.mjs')
  const write = (...plan: string[]) => writeFile(module, `export const metadata = ${JSON.stringify(plans(...plan))}`)
  await write('a', 'x')
  const push = () => startIn({}, 'schema', 'push', module, '--data', folder)
  const going = push()
  await expect.poll(async () => (await call(keys, '/v1/jobs')).total_count, { interval: 5 }).toBe(1)
  first.child.kill('SIGKILL')
  await first.exit
  const second = start('--data', folder, '--port', port)
  await second.until('Ctrl-C stops')
  expect([await going.exit, going.output()]).toEqual([0, 'Version 1 is enforced.\n'])
  const { data } = await call(keys, '/v1/jobs')
  expect(data).toMatchObject([{ status: 'done', progress: { done: count, total: count } }])

  await write('a')
  const broken = push()
  expect(await broken.exit).toBe(1)
  expect(broken.output()).toContain(`${count / 100} of ${count} stored users break`)
  expect(broken.output()).toMatch(
    / {2}[\d,]+ {2}public_metadata\.plan breaks "enum" of the server's schema: user_\S+ user_/,
  )
  // Nothing is left of it.
  expect(await call(keys, '/v1/metadata_schemas')).toMatchObject({ version: 1 })
  const list = start('jobs', 'list', '--data', folder)
  expect(await list.exit).toBe(0)
  expect(list.output()).toMatch(/metadata_schemas_push version 2 {2}failed/)
}, 240_000)

test('Ctrl-C asks for a job to be cancelled, and the command ends when it is', async () => {
  const calls: string[] = []
  let status = 'running'
  const back: CallBackend = async (method, path) => {
    calls.push(`${method} ${path}`)
    if (method === 'POST') status = 'cancelled'
    else if (calls.length === 3) process.emit('SIGINT')
    return { id: 'job_1', status, progress: { done: 1, total: 2 } }
  }
  expect(await finishJob(back, { id: 'job_1' } as JobJson)).toMatchObject({ status: 'cancelled' })
  expect(calls.filter((one) => one.startsWith('POST'))).toEqual(['POST /v1/jobs/job_1/cancel'])
  expect(process.listenerCount('SIGINT')).toBe(0)
})
