import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { formatPublishableKey } from '@acme/schema'
import { createPbkdf2Passwords, createServer, type Server } from '../src/index.ts'
import { createSqliteStorage } from '../src/storage/sqlite/sqlite-storage.ts'

// What indexes of metadata cost and give at so many users (the first argument), on SQLite and without a network: writes
// with three indexes beside writes with none, in turns; building them while users are written; a user by an indexed path
// beside one by id; the first page of half of all users beside the thousandth. A second argument is a file that keeps the
// database as it was filled, without indexes.
const users = Number(process.argv[2] ?? 100_000)
const keptAs = process.argv[3]
const folder = mkdtempSync(join(tmpdir(), 'acme-bench-'))
const secretKey = 'sk_test_0123456789'
const host = '127.0.0.1:8787'
const turns = 5
const turnLength = 1_500
const atOnce = 32
// What changes in an index is gathered and merged: as many short turns as it takes to gather and merge it at least once.
const writeTurns = users > 200_000 ? 40 : 20
const writeTurnLength = 500

const open = (name: string): Promise<Server> =>
  createServer({
    storage: createSqliteStorage({ database: new DatabaseSync(join(folder, name)) }),
    publishableKey: formatPublishableKey({ instanceType: 'test', host }),
    secretKeys: [secretKey],
    passwords: createPbkdf2Passwords({ iterations: 1 }),
  })

async function ask(server: Server, method: string, path: string, body?: unknown) {
  const headers = { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' }
  const sent = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) }
  const reply = await server.fetch(new Request(`http://${host}${path}`, sent))
  if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`)
  return reply.json()
}

/** Does something over and over, some at once, for a while; gives how often, in how many milliseconds, of how much work. */
async function turn(work: (index: number) => Promise<unknown>, length: number) {
  const [start, before] = [performance.now(), process.cpuUsage()]
  let done = 0
  const one = async () => {
    while (performance.now() - start < length) await work(done++)
  }
  await Promise.all(Array.from({ length: atOnce }, one))
  const { user, system } = process.cpuUsage(before)
  return { done, taken: performance.now() - start, processor: (user + system) / 1_000 }
}

/** The same, as how often a second. */
async function rate(work: (index: number) => Promise<unknown>): Promise<number> {
  const { done, taken } = await turn(work, turnLength)
  return (done / taken) * 1_000
}

/** How long something takes at the least of some times, in milliseconds. */
async function least(work: () => Promise<unknown>, times = 15): Promise<number> {
  const taken: number[] = []
  for (let index = 0; index < times; index++) {
    const start = performance.now()
    await work()
    taken.push(performance.now() - start)
  }
  return Math.min(...taken)
}

const at = (sorted: readonly number[], part: number) => sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN
const median = (list: readonly number[]) =>
  at(
    [...list].sort((a, b) => a - b),
    0.5,
  )
const print = (name: string, text: string) => console.log(`${name.padEnd(44)} ${text}`)
const ms = (value: number) => `${value.toFixed(2)} ms`

try {
  let plain = await open('plain.db')
  const ids: string[] = []
  let most = 0
  const start = performance.now()
  for (let done = 0; done < users; done += 1_000) {
    const some = Array.from({ length: Math.min(1_000, users - done) }, (_, index) => ({
      username: `user_${done + index}`,
      public_metadata: { plan: index % 2 ? 'pro' : 'free', seats: done + index, filler: 'x'.repeat(300) },
      private_metadata: { customerId: `cus_${done + index}` },
    }))
    ids.push(...(await plain.createUsers(some)))
    most = Math.max(most, process.memoryUsage.rss())
  }
  const perSecond = Math.round(users / ((performance.now() - start) / 1_000))
  print(`${users} users`, `${perSecond} a second, ${Math.round(most / 1e6)} MB of memory`)
  await plain.close()
  if (keptAs !== undefined) copyFileSync(join(folder, 'plain.db'), keptAs)
  copyFileSync(join(folder, 'plain.db'), join(folder, 'indexed.db'))
  plain = await open('plain.db')
  const indexed = await open('indexed.db')
  const someone = () => ids[Math.floor(Math.random() * ids.length)] as string
  const patch = (server: Server, body: object) => ask(server, 'PATCH', `/v1/users/${someone()}/metadata`, body)

  const options = { indexes: ['public.plan', 'public.seats'], unique: ['private.customerId'] }
  await ask(indexed, 'PUT', '/v1/metadata_schemas', { schemas: {}, options, force: true })
  const began = performance.now()
  const taken: number[] = []
  let isBuilt = false
  const writer = async () => {
    while (!isBuilt) {
      const since = performance.now()
      await patch(indexed, { public_metadata: { seats: Math.floor(Math.random() * 1e6) } })
      taken.push(performance.now() - since)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
  const writers = Array.from({ length: 4 }, writer)
  await indexed.runJobs()
  const seconds = (performance.now() - began) / 1_000
  isBuilt = true
  await Promise.all(writers)
  const { indexes } = await ask(indexed, 'GET', '/v1/metadata_schemas')
  if (!indexes.every((index: { state: string }) => index.state === 'ready')) throw new Error(JSON.stringify(indexes))
  taken.sort((a, b) => a - b)
  print('three indexes built', `${seconds.toFixed(1)} s, ${Math.round(users / seconds)} users a second`)
  print(
    '  writes meanwhile, none failed',
    `${taken.length}: p50 ${ms(at(taken, 0.5))}, p99 ${ms(at(taken, 0.99))}, max ${ms(at(taken, 1))}`,
  )

  const random = () => Math.floor(Math.random() * 1e9)
  const changes: Record<string, (index: number) => object> = {
    'that change no indexed value': () => ({ unsafe_metadata: { n: random() } }),
    'that change one': () => ({ public_metadata: { seats: random() } }),
    'that change all three': (index) => ({
      public_metadata: { plan: index % 2 ? 'pro' : 'free', seats: random() },
      private_metadata: { customerId: `cus_${random()}_${index}` },
    }),
  }
  for (const [name, change] of Object.entries(changes)) {
    const sums = { none: { done: 0, taken: 0, processor: 0 }, three: { done: 0, taken: 0, processor: 0 } }
    const add = async (sum: typeof sums.none, server: Server) => {
      const { done, taken, processor } = await turn((index) => patch(server, change(index)), writeTurnLength)
      sum.done += done
      sum.taken += taken
      sum.processor += processor
    }
    for (let index = 0; index < writeTurns; index++) {
      await add(sums.none, plain)
      await add(sums.three, indexed)
    }
    const { none, three } = sums
    const each = ({ done, taken }: typeof none) => (done / taken) * 1_000
    const processor = none.processor / none.done / (three.processor / three.done)
    print(
      `writes ${name}`,
      `${Math.round(each(three))} a second, ${(each(three) / each(none)).toFixed(2)} of those without indexes; by processor time ${processor.toFixed(2)}`,
    )
  }

  const target = ids.at(-1) as string
  const { private_metadata } = await ask(indexed, 'GET', `/v1/users/${target}`)
  const lookup = `/v1/users?limit=1&metadata[private][customerId]=${encodeURIComponent(JSON.stringify(private_metadata.customerId))}`
  const ratios: number[] = []
  for (let turn = 0; turn < turns; turn++) {
    const byId = await rate(() => ask(indexed, 'GET', `/v1/users/${target}`))
    ratios.push(byId / (await rate(() => ask(indexed, 'GET', lookup))))
  }
  print('a user by an indexed path', `takes ${median(ratios).toFixed(2)} of what one by id does`)
  const pages: number[][] = []
  const list = '/v1/users?limit=100&metadata_in[public][plan]=["free"]'
  const offset = Math.min(99_900, users / 2 - 200)
  const [before] = await ask(indexed, 'GET', `${list.replace('100', '1')}&offset=${offset}`)
  for (let turn = 0; turn < turns; turn++) {
    const first = await least(() => ask(indexed, 'GET', list))
    const later = await least(() => ask(indexed, 'GET', `${list}&starting_after=${before.id}`))
    pages.push([first, later])
  }
  const [first, later] = [
    median(pages.map(([one]) => one as number)),
    median(pages.map(([, other]) => other as number)),
  ]
  print(
    `page 1 and page ${Math.round(offset / 100) + 1}, 100 users each`,
    `${ms(first)} and ${ms(later)}: ${(later / first).toFixed(2)}`,
  )
  const counted = await least(() => ask(indexed, 'GET', '/v1/users/count?metadata[public][plan]="free"'), 5)
  const ranged = await least(() => ask(indexed, 'GET', '/v1/users?limit=100&metadata_gte[public][seats]=1000'), 5)
  print('counting half of all', ms(counted))
  print('a page of most of all, by a range', ms(ranged))
  await plain.close()
  await indexed.close()
} finally {
  rmSync(folder, { recursive: true })
}
