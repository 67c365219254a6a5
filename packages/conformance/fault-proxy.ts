import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** The header by which a request says whose it is. */
export const workerHeader = 'x-worker'

/** The header by which a request says under which plan it was sent. */
export const planHeader = 'x-plan'

/** What may go wrong with one request. `before` and `after` say whether the server gets it all the same. */
export const faults = [
  'refused',
  'reset before',
  'reset after',
  'reset within the body after',
  'stalled before',
  'stalled after',
  'delayed',
  'garbage before',
  'garbage after',
  'JSON that is none before',
  'JSON that is none after',
  'dripping after',
  'a length too long after',
  'a length too short after',
  'HTML 502 before',
  'HTML 502 after',
  'empty 500 after',
  '429 seconds',
  '429 zero',
  '429 date',
  '429 huge',
  '429 negative',
  '429 nonsense',
  '503 seconds',
  '503 date',
  '503 none',
  '503 zero after',
] as const

/** One of {@link faults}. */
export type Fault = (typeof faults)[number]

const retryAfter: Readonly<Record<string, () => string>> = {
  seconds: () => '1',
  zero: () => '0',
  date: () => new Date(Date.now() + 1_000).toUTCString(),
  huge: () => '99999999999',
  negative: () => '-3',
  nonsense: () => 'later, maybe',
}

/** A proxy before a server that spoils what it is told to spoil. */
export interface FaultProxy {
  readonly url: string
  /** Lays down what goes wrong with the next requests of a worker, one after another; afterwards nothing does. */
  plan(worker: string, faults: readonly (Fault | undefined)[]): void
  /**
   * The number of the plan of a worker. A request of an earlier one, given up by its sender and late on a busy machine,
   * is not passed on: it would be taken for a part of what is tried now.
   */
  planOf(worker: string): number
  /** Takes the next fault of a worker that is not the proxy's to make: a connection refused never gets here. */
  takeRefused(worker: string): boolean
  /** Waits until the server has answered all that was passed on for a worker. */
  idle(worker: string): Promise<void>
  close(): Promise<void>
}

/** Starts a proxy before a server. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const { hostname, port } = new URL(target)
  const agent = new Agent({ keepAlive: true })
  const plans = new Map<string, (Fault | undefined)[]>()
  const numbers = new Map<string, number>()
  const underWay = new Map<string, Set<Promise<unknown>>>()
  const sockets = new Set<Socket>()

  const server = createServer((incoming, outgoing) => {
    outgoing.on('error', () => {})
    handle(incoming, outgoing).catch(() => incoming.socket.destroy())
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port: ownPort } = server.address() as AddressInfo

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await readAll(incoming)
    const worker = String(incoming.headers[workerHeader])
    const sentUnder = incoming.headers[planHeader]
    if (sentUnder !== undefined && sentUnder !== `${numbers.get(worker)}`) {
      incoming.socket.destroy()
      return
    }
    const fault = plans.get(worker)?.shift()
    const pass = () => track(worker, forward(incoming, body))
    if (fault === undefined) return answer(outgoing, await pass())
    const [kind = '', variant = ''] = /^(429|503) (\w+)/.exec(fault)?.slice(1) ?? []
    if (kind) {
      if (fault.endsWith('after')) await pass()
      const wait = retryAfter[variant]?.()
      outgoing.writeHead(Number(kind), { 'content-type': 'application/json', ...(wait && { 'retry-after': wait }) })
      outgoing.end(JSON.stringify({ errors: [{ code: 'busy', message: 'busy' }] }))
      return
    }
    if (fault === 'delayed') {
      await new Promise((resolve) => setTimeout(resolve, 30))
      return answer(outgoing, await pass())
    }
    const reply = fault.endsWith('after') ? await pass() : undefined
    const socket = incoming.socket
    const { status = 200, headers = { 'content-type': 'application/json' }, text = '{"id":"user_1"}' } = reply ?? {}
    const bare = { ...headers }
    delete bare['content-length']
    delete bare['transfer-encoding']
    const length = Buffer.byteLength(text)
    switch (fault.replace(/ (before|after)$/, '')) {
      case 'reset':
        socket.resetAndDestroy()
        return
      case 'reset within the body':
        outgoing.writeHead(status, { ...bare, 'content-length': length })
        outgoing.write(text.slice(0, Math.floor(text.length / 2)), () => socket.resetAndDestroy())
        return
      case 'stalled':
        return
      case 'garbage':
        socket.end('\x00\x16\x03\x01 this is no HTTP at all\r\n\r\n')
        return
      case 'JSON that is none':
        outgoing.writeHead(200, bare).end('{"id": "user_1", ')
        return
      case 'dripping':
        outgoing.writeHead(status, { ...bare, 'content-length': length })
        drip(outgoing, text)
        return
      case 'a length too long':
        outgoing.writeHead(status, { ...bare, 'content-length': length + 100 })
        outgoing.write(text)
        return
      case 'a length too short':
        // Written by hand, since Node refuses to.
        socket.end(
          `HTTP/1.1 ${status} OK\r\ncontent-type: application/json\r\ncontent-length: ${length >> 1}\r\n\r\n${text}`,
        )
        return
      case 'HTML 502':
        outgoing.writeHead(502, { 'content-type': 'text/html' }).end('<h1>502 Bad Gateway</h1>')
        return
      case 'empty 500':
        outgoing.writeHead(500).end()
        return
      default:
        throw new Error(`no such fault: ${fault}`)
    }
  }

  function forward(incoming: IncomingMessage, body: Buffer) {
    return new Promise<{ status: number; headers: Record<string, string | string[]>; text: string }>(
      (resolve, reject) => {
        const { method, url, headers } = incoming
        const outgoing = request({ agent, hostname, port, method, path: url, headers })
        outgoing.on('error', reject)
        outgoing.on('response', async (reply) => {
          const text = (await readAll(reply)).toString()
          resolve({
            status: reply.statusCode ?? 0,
            headers: { ...reply.headers } as Record<string, string | string[]>,
            text,
          })
        })
        outgoing.end(body)
      },
    )
  }

  function track<T>(worker: string, promise: Promise<T>): Promise<T> {
    const all = underWay.get(worker) ?? new Set()
    underWay.set(worker, all)
    all.add(promise)
    const done = () => void all.delete(promise)
    promise.then(done, done)
    return promise
  }

  return {
    url: `http://127.0.0.1:${ownPort}`,
    plan(worker, faults) {
      plans.set(worker, [...faults])
      numbers.set(worker, (numbers.get(worker) ?? 0) + 1)
    },
    planOf: (worker) => numbers.get(worker) ?? 0,
    takeRefused(worker) {
      const plan = plans.get(worker)
      if (plan?.[0] !== 'refused') return false
      plan.shift()
      return true
    },
    async idle(worker) {
      await Promise.allSettled(underWay.get(worker) ?? [])
    },
    async close() {
      agent.destroy()
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function answer(
  outgoing: ServerResponse,
  reply: { status: number; headers: Record<string, string | string[]>; text: string },
): void {
  outgoing.writeHead(reply.status, reply.headers).end(reply.text)
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** Sends a letter now and then, for longer than most would wait. */
function drip(outgoing: ServerResponse, text: string): void {
  let at = 0
  const timer = setInterval(() => {
    outgoing.write(text.slice(at, at + 1))
    // Whoever waits for all of it may use the connection again.
    if (++at === text.length) outgoing.end()
  }, 20)
  outgoing.once('close', () => clearInterval(timer))
}
