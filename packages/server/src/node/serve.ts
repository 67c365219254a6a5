import { createServer as createHttpServer, type ServerResponse } from 'node:http'
import { type AddressInfo, Server as NetServer, type Socket } from 'node:net'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { type Answer, TextAnswer, toAnswering } from '../http/answer.ts'
import type { RequestInfo } from '../http/request-info.ts'
import { remoteAddress } from './remote-address.ts'
import { sendStream } from './send-stream.ts'
import { createTurnClock } from './turn-clock.ts'

/** What is served, and where. */
export interface ServeOptions {
  fetch(request: Request, info: RequestInfo): Promise<Response>
  /** @default 0, a free one */
  readonly port?: number | undefined
  /** @default '127.0.0.1' */
  readonly hostname?: string | undefined
  /** How many proxies of yours stand before it, whose `X-Forwarded-For` is believed. @default 0 */
  readonly trustedProxies?: number | undefined
}

/** A server that listens. */
export interface Serving {
  readonly url: string
  readonly port: number
  /**
   * Ends event streams, answers what is under way or comes at the same moment, each with the end of its connection, and
   * listens no more: within some seconds, if others go on coming.
   */
  close(): Promise<void>
}

/**
 * For how long a connection may be idle, in milliseconds: longer than proxies keep theirs (nginx a minute, Caddy two), or one
 * would send on a connection what is reset with it.
 */
const keepAliveTimeout = 130_000

/** For how long nothing has to come before a server that closes takes connections for idle, in milliseconds. */
const linger = { busy: 300, idle: 20 }

/**
 * For how long it listens at most to those who go on coming, and then to those it has let in: a process is to be gone within
 * ten seconds. A busy one lets in one connection a turn, so that the first takes most of it.
 */
const longestLinger = { listening: 7_500, closed: 1_500 }

/** For how long one that has come on an idle server may be silent, in milliseconds. */
const longestSilence = 2_000

/** Serves a handler over HTTP. It rejects when the port is taken. */
export async function serve({
  fetch,
  port = 0,
  hostname = '127.0.0.1',
  trustedProxies = 0,
}: ServeOptions): Promise<Serving> {
  const answer = toAnswering(fetch)
  let isClosing = false
  /** What ends the responses that would go on for as long as they are read. */
  const streams = new Set<() => void>()
  const stream = (response: Response, outgoing: ServerResponse) => {
    // What nobody has read holds nothing yet.
    if (outgoing.destroyed) return
    const end = sendStream(response, outgoing)
    streams.add(end)
    outgoing.once('close', () => streams.delete(end))
    if (isClosing) end()
  }
  const waited = createTurnClock()
  const listener = getRequestListener(
    (request, bindings) => {
      const { incoming, outgoing } = bindings as HttpBindings
      const forwardedFor = trustedProxies > 0 ? request.headers.get('x-forwarded-for') : null
      const from = remoteAddress(incoming.socket.remoteAddress, forwardedFor, trustedProxies)
      // What is sent here is nothing that the adapter need ever be told of: it would take a response apart for it.
      return new Promise<Response>((resolve, reject) => {
        const take = (given: Answer) => {
          if (given instanceof TextAnswer) send(given, outgoing)
          else if (given.headers.get('content-type') === 'text/event-stream') stream(given, outgoing)
          else resolve(given)
        }
        answer(request, { remoteAddress: from, waited: waited() }).then(take).catch(reject)
      })
    },
    { overrideGlobalObjects: false },
  )
  // The latest response of each connection, which is over or under way.
  const latest = new Map<Socket, ServerResponse>()
  /** How many requests and connections have come. */
  let begun = 0
  const server = createHttpServer({ keepAliveTimeout }, (request, response) => {
    begun++
    latest.set(request.socket, response)
    if (isClosing) endConnection(response)
    listener(request, response)
  })
  const sockets = new Set<Socket>()
  /** When the latest connection came. */
  let connectedAt = Number.NEGATIVE_INFINITY
  server.on('connection', (socket) => {
    begun++
    connectedAt = performance.now()
    sockets.add(socket)
    socket.once('close', () => {
      latest.delete(socket)
      sockets.delete(socket)
    })
  })
  /** Waits until nothing new comes, and tells whether it came to that. */
  const isQuiet = async (longest: number) => {
    const end = Date.now() + longest
    let isBusy = false
    do {
      isBusy ||= [...latest.values()].some((response) => !response.writableFinished)
      const before = begun
      await setTimeout(isBusy ? linger.busy : linger.idle)
      // A timer may come before what waits to be read: only after a whole turn nothing does.
      await setImmediate()
      await setImmediate()
      isBusy ||= begun !== before
      // Who has just come may be slow to say what for; what a browser keeps open in advance says nothing.
      const isNew = performance.now() - connectedAt < longestSilence
      const isAwaited = (isBusy || isNew) && sockets.size > latest.size
      if (begun === before && !isAwaited) break
      if (Date.now() > end) return begun === before
      // At least once: who waits to be let in is no socket yet.
    } while (sockets.size > 0)
    return true
  }
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    // A crowd that comes at once is let in, where a short queue would have it try again a second later.
    server.listen({ port, host: hostname, backlog: 4_096 }, resolve)
  })
  const { port: bound } = server.address() as AddressInfo
  return {
    url: `http://${hostname.includes(':') ? `[${hostname}]` : hostname}:${bound}`,
    port: bound,
    async close() {
      isClosing = true
      // Connections that are kept busy would keep it open for as long.
      latest.forEach(endConnection)
      for (const end of streams) end()
      // Whoever is in the queue of the socket would be reset with it.
      const wasQuiet = await isQuiet(longestLinger.listening)
      const closed = new Promise<void>((resolve) => {
        // Not HTTP's own, which resets connections whose next request was not read yet.
        NetServer.prototype.close.call(server, () => resolve())
      })
      if (!wasQuiet) await isQuiet(longestLinger.closed)
      server.close()
      return closed
    },
  }
}

/** Sends an answer whose text is at hand, in one piece. */
function send({ status, headers, cookies, text }: TextAnswer, outgoing: ServerResponse): void {
  if (outgoing.destroyed) return
  if (cookies.length > 0) outgoing.setHeader('set-cookie', cookies)
  outgoing.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(text) })
  outgoing.end(text)
}

/** Ends the connection of a response with it, where that can still be said. */
function endConnection(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close')
}
