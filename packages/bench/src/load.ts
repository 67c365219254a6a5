// The load generator: keeps so many connections busy, one request at a time on each, and counts what comes back. It speaks
// HTTP/1.1 over bare sockets, since it shares the machine with what it measures.
import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { runProgram } from './child.ts'

/** What is asked of a server. */
export interface Requests {
  readonly url: string
  readonly method: string
  /** Asked in turn, each connection beginning at another one. */
  readonly paths: readonly string[]
  /** `{id}` stands for a text that no other request has; it begins with the time, as the SDKs' keys go on. */
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
}

/** Requests to send at once, and for how long. */
export interface Load {
  readonly requests: readonly Requests[]
  /** How many connections, in all. */
  readonly connections: number
  /** In seconds. */
  readonly duration: number
  /**
   * How many requests a second, in all, whether or not the replies keep up: each is timed from when it was to be sent.
   *
   * @default as many as are answered
   */
  readonly pace?: number | undefined
}

/** What came of it. */
export interface LoadResult {
  /** Requests answered by 200, in a second. */
  readonly rate: number
  /** How many were answered, by status. */
  readonly statuses: Readonly<Record<string, number>>
  /** How many connections broke. */
  readonly broken: number
  /** How many refusals said when to come back. */
  readonly retryAfter: number
  /** How long replies took, in milliseconds. */
  readonly median: number
  readonly p99: number
  readonly slowest: number
}

const headEnd = Buffer.from('\r\n\r\n')

/** Reads replies of HTTP/1.1 from the chunks of one connection; gives the status once a reply is whole. */
function createReader(): (chunk: Buffer) => { readonly status: number; readonly saysWhen: boolean } | undefined {
  let head: { status: number; saysWhen: boolean; isChunked: boolean } | undefined
  let left = 0
  let before: Buffer | undefined
  return (chunk) => {
    let rest = before ? Buffer.concat([before, chunk]) : chunk
    before = undefined
    if (!head) {
      const end = rest.indexOf(headEnd)
      if (end < 0) {
        before = rest
        return undefined
      }
      const text = rest.toString('latin1', 0, end).toLowerCase()
      const at = text.indexOf('\r\ncontent-length:')
      head = {
        status: Number(text.slice(9, 12)),
        saysWhen: text.includes('\r\nretry-after:'),
        isChunked: at < 0 && text.includes('\r\ntransfer-encoding:'),
      }
      left = at < 0 ? 0 : Number.parseInt(text.slice(at + 17), 10)
      rest = rest.subarray(end + headEnd.length)
    }
    if (head.isChunked) {
      if (!rest.subarray(-7).toString('latin1').endsWith('0\r\n\r\n')) {
        before = rest.subarray(-7)
        return undefined
      }
    } else {
      left -= rest.length
      if (left > 0) return undefined
    }
    const done = head
    head = undefined
    return done
  }
}

/** Writes a request but for what differs each time. */
function writer({ url, method, paths, headers, body = '' }: Requests): (at: number) => string {
  const { host } = new URL(url)
  const all = {
    host,
    ...headers,
    ...(body !== '' && { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
  }
  const tail = ` HTTP/1.1\r\n${Object.entries(all)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n${body}`
  const heads = paths.map((path) => `${method} ${path}`)
  const parts = tail.split('{id}')
  const run = randomBytes(8).toString('hex')
  let count = 0
  return (at) => `${heads[at % heads.length]}${parts.length > 1 ? parts.join(`${Date.now()}${run}${++count}`) : tail}`
}

/** Sends a load and waits until the last reply is there. */
async function send({ requests, connections, duration, pace }: Load): Promise<LoadResult> {
  const writers = requests.map((one) => ({ write: writer(one), url: new URL(one.url) }))
  const statuses: Record<string, number> = {}
  const times: number[] = []
  let retryAfter = 0
  let broken = 0
  const sockets = await Promise.all(
    Array.from({ length: connections }, async (_, index) => {
      const { write, url } = writers[index % writers.length] as (typeof writers)[number]
      return { write, socket: await open(url) }
    }),
  )
  const start = performance.now()
  const end = start + duration * 1_000
  await Promise.all(
    sockets.map(
      ({ socket, write }, index) =>
        new Promise<void>((resolve) => {
          const read = createReader()
          let at = index * 7_919
          let sentAt = 0
          const step = pace === undefined ? 0 : (connections / pace) * 1_000
          let dueAt = start + (index / connections) * step
          const next = () => {
            sentAt = pace === undefined ? performance.now() : dueAt
            socket.write(write(at++))
          }
          let isOver = false
          const over = () => {
            isOver = true
            socket.destroy()
            resolve()
          }
          socket.on('data', (chunk: Buffer) => {
            const reply = read(chunk)
            if (!reply) return
            const now = performance.now()
            times.push(now - sentAt)
            statuses[reply.status] = (statuses[reply.status] ?? 0) + 1
            if (reply.saysWhen) retryAfter++
            // Whoever is told to come back later does so, as the SDKs do.
            dueAt += step
            const pause = reply.saysWhen ? 1_000 : Math.max(0, pace === undefined ? 0 : dueAt - now)
            if (now + pause >= end) over()
            else if (pause > 0) setTimeout(next, pause)
            else next()
          })
          socket.once('error', () => {})
          socket.once('close', () => {
            if (!isOver && performance.now() < end) broken++
            resolve()
          })
          setTimeout(next, dueAt - start)
        }),
    ),
  )
  const took = performance.now() - start
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN
  return {
    rate: ((statuses['200'] ?? 0) / took) * 1_000,
    statuses,
    broken,
    retryAfter,
    median: at(0.5),
    p99: at(0.99),
    slowest: at(1),
  }
}

function open({ hostname, port }: URL): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true })
    socket.once('connect', () => {
      socket.off('error', reject)
      resolve(socket)
    })
    socket.once('error', reject)
  })
}

runProgram(async () => ({ ready: null, answer: send, async close() {} }))
