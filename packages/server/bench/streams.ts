// Prints what open live pages cost one server process on SQLite, and how long a write takes to its page, alone and while
// 1,000 other writes a second go on:
//   ulimit -n 20000; node --conditions=@acme/source --expose-gc packages/server/bench/streams.ts [streams, 10000]
// The pages are sockets of a second process, so that each process needs a file for every stream, and some hundred more
// (`ulimit -n`); what is printed of memory and CPU is the server's alone.
import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { createServer } from '../src/index.ts'
import { serve } from '../src/node/serve.ts'
import { createSqliteStorage } from '../src/storage/sqlite/sqlite-storage.ts'

declare const gc: (() => void) | undefined

const secretKey = `sk_test_${'0'.repeat(32)}`
const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
const now = () => performance.timeOrigin + performance.now()

/** A page: whose it is, and by which token. */
interface Page {
  readonly id: string
  readonly token: string
}

/** What the process of the pages is asked. */
type Order =
  | { readonly do: 'open'; readonly port: number; readonly pages: readonly Page[] }
  | { readonly do: 'write'; readonly others: readonly string[]; readonly aSecond: number; readonly seconds: number }

async function asServer(count: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'acme-streams-'))
  process.on('exit', () => rmSync(folder, { recursive: true }))
  const server = await createServer({
    storage: createSqliteStorage({ database: new DatabaseSync(join(folder, 'acme.db')) }),
    publishableKey: `pk_test_${btoa('127.0.0.1:8787$')}`,
    secretKeys: [secretKey],
    rateLimit: false,
  })
  const listening = await serve({ fetch: server.fetch })
  const newUsers = async (names: string, many: number) => {
    const ids: string[] = []
    for (let done = 0; done < many; done += 1_000) {
      const some = Array.from({ length: Math.min(1_000, many - done) }, (_, index) => ({
        username: `${names}_${done + index}`,
        private_metadata: { notes: 'x'.repeat(1_000) },
        public_metadata: { plan: 'free' },
      }))
      ids.push(...(await server.createUsers(some)))
    }
    return ids
  }
  const ids = await newUsers('page', count)
  const others = await newUsers('other', 1_000)
  const pages = await Promise.all(ids.map(async (id) => ({ id, token: await server.signIn(id) })))

  const child = fork(fileURLToPath(import.meta.url), ['pages'], { execArgv: process.execArgv })
  const measured = () => {
    gc?.()
    return process.memoryUsage()
  }
  const before = measured()
  const opened = now()
  const spent = process.cpuUsage()
  await ask(child, { do: 'open', port: listening.port, pages })
  while (server.openStreams < count) await sleep(50)
  const took = now() - opened
  const cpu = process.cpuUsage(spent)
  await sleep(2_000)
  const after = measured()
  const perStream = (what: 'rss' | 'heapUsed') => ((after[what] - before[what]) / count / 1_000).toFixed(1)
  console.log(
    `${server.openStreams} streams opened in ${(took / 1_000).toFixed(1)} s, ${((cpu.user + cpu.system) / count).toFixed(0)} us of CPU each; ` +
      `memory of each ${perStream('rss')} kB (heap ${perStream('heapUsed')} kB), ${(after.rss / 1e6).toFixed(0)} MB in all`,
  )

  const idle = process.cpuUsage()
  await sleep(20_000)
  const used = process.cpuUsage(idle)
  console.log(
    `held: ${((used.user + used.system) / 200_000).toFixed(1)} % of a processor, comments and checks included`,
  )

  for (const aSecond of [0, 1_000]) {
    const writing = process.cpuUsage()
    const result = await ask(child, { do: 'write', others, aSecond, seconds: 10 })
    const used = process.cpuUsage(writing)
    console.log(
      `a write to its page, with ${aSecond} others a second: ${result}; ${((used.user + used.system) / 100_000).toFixed(0)} % of a processor`,
    )
  }
  child.kill()
  await listening.close()
  await server.close()
}

function ask(child: ChildProcess, order: Order): Promise<unknown> {
  child.send(order)
  return new Promise((resolve) => child.once('message', resolve))
}

function figures(all: readonly number[]): string {
  const sorted = [...all].sort((a, b) => a - b)
  const at = (part: number) => `${sorted[Math.floor((sorted.length - 1) * part)]?.toFixed(1)} ms`
  return `median ${at(0.5)}, p95 ${at(0.95)}, longest ${at(1)}`
}

function asPages(): void {
  let port = 0
  let pages: readonly Page[] = []
  const latencies: number[] = []

  /** Opens a stream on a socket of its own, and reads when each change was sent. */
  async function open({ token }: Page): Promise<void> {
    const socket = connect(port, '127.0.0.1')
    const head = `GET /v1/me/events?_is_native=1 HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: ${token}\r\n\r\n`
    socket.write(head)
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject).once('data', () => resolve())
    })
    socket.on('data', (data) => {
      const at = /"public_metadata":\{[^}]*"at":([\d.]+)/.exec(`${data}`)?.[1]
      if (at !== undefined) latencies.push(now() - Number(at))
    })
  }

  const agent = new Agent({ keepAlive: true, maxSockets: 256 })
  const write = (id: string) =>
    new Promise<void>((resolve, reject) => {
      const headers = { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' }
      const sent = request({ agent, port, path: `/v1/users/${id}/metadata`, method: 'PATCH', headers })
      sent.on('error', reject).on('response', (response) => response.resume().on('end', resolve))
      sent.end(JSON.stringify({ public_metadata: { at: now() } }))
    })

  async function load(others: readonly string[], aSecond: number, seconds: number): Promise<string> {
    latencies.length = 0
    const acknowledged: number[] = []
    const begun = now()
    let done = 0
    let watched = 0
    const writes: Promise<void>[] = []
    while (now() - begun < seconds * 1_000) {
      const due = Math.floor(((now() - begun) / 1_000) * aSecond)
      for (; done < due; done++) writes.push(write(others[done % others.length] ?? ''))
      if (now() - begun > watched * 50) {
        const sent = now()
        const written = write(pages[(watched * 7_919) % pages.length]?.id ?? '')
        writes.push(written.then(() => void acknowledged.push(now() - sent)))
        watched++
      }
      await sleep(5)
    }
    await Promise.all(writes)
    await sleep(2_000)
    return `${figures(latencies)}; to its answer: ${figures(acknowledged)} (${latencies.length} of ${watched} seen, ${done} others written)`
  }

  process.on('message', async (order: Order) => {
    if (order.do === 'open') {
      ;({ port, pages } = order)
      for (let start = 0; start < pages.length; start += 200) {
        await Promise.all(pages.slice(start, start + 200).map(open))
      }
      process.send?.('opened')
    } else process.send?.(await load(order.others, order.aSecond, order.seconds))
  })
}

if (process.argv[2] === 'pages') asPages()
else await asServer(Number(process.argv[2] ?? 10_000))
