import { createServer as createHttpServer, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { TextAnswer, toAnswering } from '../http/answer.ts'
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
  /** Takes no more connections, ends event streams, and waits for the requests under way. */
  close(): Promise<void>
}

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
    async (request, bindings) => {
      const { incoming, outgoing } = bindings as HttpBindings
      const forwardedFor = trustedProxies > 0 ? request.headers.get('x-forwarded-for') : null
      const from = remoteAddress(incoming.socket.remoteAddress, forwardedFor, trustedProxies)
      const given = await answer(request, { remoteAddress: from, waited: waited() })
      if (given instanceof TextAnswer) send(given, outgoing)
      else if (given.headers.get('content-type') === 'text/event-stream') stream(given, outgoing)
      else return given
      return RESPONSE_ALREADY_SENT
    },
    { overrideGlobalObjects: false },
  )
  // The latest response of each connection, which is over or under way.
  const latest = new Map<Socket, ServerResponse>()
  const server = createHttpServer((request, response) => {
    latest.set(request.socket, response)
    if (isClosing) endConnection(response)
    listener(request, response)
  })
  server.on('connection', (socket) => socket.once('close', () => latest.delete(socket)))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    // A crowd that comes at once is let in, where a short queue would have it try again a second later.
    server.listen({ port, host: hostname, backlog: 4_096 }, resolve)
  })
  const { port: bound } = server.address() as AddressInfo
  return {
    url: `http://${hostname.includes(':') ? `[${hostname}]` : hostname}:${bound}`,
    port: bound,
    close: () =>
      new Promise((resolve) => {
        // Connections that are kept busy would keep it open for as long.
        isClosing = true
        latest.forEach(endConnection)
        for (const end of streams) end()
        server.close(() => resolve())
        server.closeIdleConnections()
      }),
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
