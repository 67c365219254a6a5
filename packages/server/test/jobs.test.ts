import { describe, expect, onTestFinished, test } from 'vitest'
import { newDatabase } from '../../conformance/new-database.ts'
import type { Deps } from '../src/domain/deps.ts'
import { fault } from '../src/domain/fault.ts'
import { cancelJob } from '../src/domain/jobs/end-job.ts'
import type { JobKinds } from '../src/domain/jobs/job-kind.ts'
import { listJobs } from '../src/domain/jobs/job-list.ts'
import { createJobWorker } from '../src/domain/jobs/job-worker.ts'
import { openJob } from '../src/domain/jobs/open-job.ts'
import { createPostgresStorage } from '../src/storage/postgres/postgres-storage.ts'
import type { JobRow } from '../src/storage/rows.ts'
import type { Storage } from '../src/storage/storage.ts'
import { StorageError } from '../src/storage/storage-error.ts'
import { sendBackend, startServer } from './setup.ts'
import { storages } from './webhook-setup.ts'

const steps = 40
const lease = 5_000

/** Counts up a row of its own, once for each step, and says who did: what is done twice shows. */
function counting(by: string, log: string[] = [], gate?: Promise<void>): JobKinds {
  return {
    count: {
      kind: 'count',
      async step(_, { cursor }) {
        if (cursor === 5) await gate
        return {
          reads: [{ collection: 'imports', id: 'counter' }],
          decide(rows, job) {
            const at = Number(job.cursor ?? 0)
            const known = rows.get('imports', 'counter')?.rows ?? 0
            log.push(by)
            return {
              writes: [{ put: 'imports', row: { id: 'counter', exportId: '', rows: known + 1 } }],
              cursor: at + 1,
              done: at + 1,
              total: steps,
              result: { last: by },
              isLast: at + 1 === steps,
            }
          },
        }
      },
    },
    bad: {
      kind: 'bad',
      step: async () => {
        throw fault(422, 'no_such_thing', 'no', 'There is no such thing.')
      },
      undo: () => ({ reads: [], decide: () => [{ put: 'imports', row: { id: 'undone', exportId: '', rows: 1 } }] }),
    },
    broken: {
      kind: 'broken',
      step: async () => {
        throw new TypeError('canary')
      },
    },
  }
}

function process(storage: Storage, kinds: JobKinds, clock = () => 0) {
  const reports: unknown[] = []
  const deps = { storage, clock, report: (cause: unknown) => reports.push(cause) } as unknown as Deps
  const worker = createJobWorker({ deps, kinds, lease })
  onTestFinished(() => worker.close())
  return { deps, worker, reports }
}

/** A storage that does so many more transactions, and then nothing any more: its process was killed. */
function dying(storage: Storage, transactions: number) {
  let left = transactions
  const { promise: died, resolve: die } = Promise.withResolvers<void>()
  const proxy = new Proxy(storage, {
    get(target, name) {
      const method = target[name as keyof Storage] as (...args: unknown[]) => unknown
      if (name !== 'transact' || left-- > 0) return method.bind(target)
      die()
      return () => new Promise(() => {})
    },
  })
  return { storage: proxy, died }
}

const find = async (storage: Storage, id: string) => (await storage.find('jobs', id)) as JobRow
const counted = async (storage: Storage) => (await storage.find('imports', 'counter'))?.rows

describe.each(storages)('on %s', (_, open) => {
  test('a job is done step by step, and forgotten in the end', async () => {
    const storage = await open()
    const { deps, worker, reports } = process(storage, counting('a'), () => 1_000)
    const { id, status } = await storage.transact(openJob(deps, { kind: 'count', name: 'to forty', input: { n: 1 } }))
    expect(status).toBe('queued')
    await worker.settled()
    expect(await find(storage, id)).toMatchObject({
      status: 'done',
      done: steps,
      total: steps,
      name: 'to forty',
      result: { last: 'a' },
      endedAt: 1_000,
    })
    expect(await counted(storage)).toBe(steps)
    expect(await storage.find('jobLists', 'all')).toMatchObject({ open: [], over: [id] })
    expect(await storage.find('leases', id)).toBeUndefined()
    await storage.sweep(1_000 + 86_400_000 * 31)
    expect(await listJobs(deps)).toEqual([])
    expect(reports).toEqual([])
    await storage.close()
  })

  test('whoever comes after one that was killed goes on where it was, and does nothing twice', async () => {
    const storage = await open()
    let now = 0
    const clock = () => now
    const { deps } = process(storage, counting('first'), clock)
    const { id } = await storage.transact(openJob(deps, { kind: 'count', input: {} }))
    for (let kill = 0; kill < 12; kill++) {
      // Each takes the lease and some steps, and ends in the middle.
      const { died, storage: own } = dying(storage, 1 + (kill % 4))
      const kinds = counting(`killed ${kill}`)
      createJobWorker({ deps: { ...deps, storage: own }, kinds, lease }).nudge()
      await died
      const other = createJobWorker({ deps, kinds: counting('too early'), lease })
      await other.settled()
      now += lease + 1
    }
    expect((await find(storage, id)).status).toBe('running')
    const { worker } = process(storage, counting('last'), clock)
    await worker.settled()
    expect(await find(storage, id)).toMatchObject({ status: 'done', done: steps, result: { last: 'last' } })
    expect(await counted(storage)).toBe(steps)
    await storage.close()
  })

  test('a job that was cancelled writes nothing any more, and one that is over cannot be cancelled', async () => {
    const storage = await open()
    const gate = Promise.withResolvers<void>()
    const { deps, worker } = process(storage, counting('a', [], gate.promise))
    const { id } = await storage.transact(openJob(deps, { kind: 'count', input: {} }))
    worker.nudge()
    await expect.poll(async () => (await find(storage, id)).done).toBe(5)
    const cancelled = await storage.transact(cancelJob(deps, counting('a'), await find(storage, id)))
    const written = await counted(storage)
    expect(cancelled).toMatchObject({ status: 'cancelled', done: 5 })
    gate.resolve()
    await worker.settled()
    expect(await counted(storage)).toBe(written)
    expect(await storage.transact(cancelJob(deps, counting('a'), cancelled))).toEqual(cancelled)
    await storage.close()
  })

  test('a job that cannot be done says why, undoes what it began, and tells no message of ours', async () => {
    const storage = await open()
    const { deps, worker, reports } = process(storage, counting('a'))
    const bad = await storage.transact(openJob(deps, { kind: 'bad', input: {} }))
    const broken = await storage.transact(openJob(deps, { kind: 'broken', input: {} }))
    await worker.settled()
    expect(await find(storage, bad.id)).toMatchObject({
      status: 'failed',
      error: { code: 'no_such_thing', message: 'There is no such thing.' },
    })
    expect(await storage.find('imports', 'undone')).toBeDefined()
    expect(await find(storage, broken.id)).toMatchObject({ status: 'failed', error: { code: 'internal_clerk_error' } })
    expect(JSON.stringify(await listJobs(deps))).not.toContain('canary')
    expect(reports).toEqual([expect.any(TypeError)])
    await storage.close()
  })

  test('a storage that is away for a while leaves the job open', async () => {
    const storage = await open()
    let isAway = true
    const away = new Proxy(storage, {
      get(target, name) {
        if (name === 'find' && isAway) return () => Promise.reject(new StorageError('unreachable', undefined))
        return (target[name as keyof Storage] as () => unknown).bind(target)
      },
    })
    const { deps, worker, reports } = process(away, counting('a'))
    const { id } = await storage.transact(openJob(deps, { kind: 'count', input: {} }))
    await worker.settled()
    expect(reports).toHaveLength(1)
    isAway = false
    await worker.settled()
    expect(await find(storage, id)).toMatchObject({ status: 'done' })
    await storage.close()
  })

  test('no more may be open, nor be kept, than is said', async () => {
    const storage = await open()
    const { deps, worker } = process(storage, counting('a'))
    const openMany = async () => {
      for (let index = 0; index < 20; index++) await storage.transact(openJob(deps, { kind: 'bad', input: {} }))
      await expect(storage.transact(openJob(deps, { kind: 'bad', input: {} }))).rejects.toMatchObject({ status: 429 })
    }
    for (let round = 0; round < 6; round++) {
      await openMany()
      await worker.settled()
    }
    expect(await listJobs(deps)).toHaveLength(100)
    await storage.close()
  })
})

test.each([
  ['memory', async () => storages[0]?.[1]],
  [
    'PostgreSQL',
    async () => {
      const { url, drop } = await newDatabase()
      onTestFinished(drop)
      return () => createPostgresStorage({ url, maxConnections: 4 })
    },
  ],
])('two processes share the jobs of %s: each is done once, by one at a time', async (name, prepare) => {
  const make = (await prepare()) as () => Promise<Storage>
  const first = await make()
  const second = name === 'memory' ? first : await make()
  const log: string[] = []
  const [a, b] = [process(first, counting('a', log)), process(second, counting('b', log))]
  const ids: string[] = []
  for (let index = 0; index < 6; index++) {
    ids.push((await first.transact(openJob(a.deps, { kind: 'count', input: {} }))).id)
  }
  const left = async () => (await listJobs(a.deps)).filter(({ status }) => status !== 'done').length
  while ((await left()) > 0) await Promise.all([a.worker.settled(), b.worker.settled()])
  expect(await counted(first)).toBe(6 * steps)
  for (const id of ids) expect((await find(first, id)).done).toBe(steps)
  expect([...a.reports, ...b.reports]).toEqual([])
  console.info(
    `${name}: steps of a ${log.filter((by) => by === 'a').length}, of b ${log.filter((by) => by === 'b').length}`,
  )
  await Promise.all([a.worker.close(), b.worker.close()])
  await first.close()
  if (second !== first) await second.close()
})

test('jobs are the Backend API’s alone', async () => {
  const server = await startServer()
  expect((await sendBackend(server, 'GET', '/v1/jobs')).json).toEqual({ data: [], total_count: 0 })
  expect((await sendBackend(server, 'GET', '/v1/jobs', undefined, { authorization: '' })).status).toBe(401)
  await server.close()
})
