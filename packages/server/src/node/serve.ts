import { createServer as createHttpServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { RequestInfo } from '../app.ts'
import { remoteAddress } from './remote-address.ts'

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
  /** Takes no more connections and waits for the requests under way. */
  close(): Promise<void>
}

/** Serves a handler over HTTP. It rejects when the port is taken. */
export async function serve({
  fetch,
  port = 0,
  hostname = '127.0.0.1',
  trustedProxies = 0,
}: ServeOptions): Promise<Serving> {
  const listener = getRequestListener(
    (request, { incoming }: { incoming: { socket?: { remoteAddress?: string | undefined } } }) =>
      fetch(request, {
        remoteAddress: remoteAddress(
          incoming.socket?.remoteAddress,
          request.headers.get('x-forwarded-for'),
          trustedProxies,
        ),
      }),
    { overrideGlobalObjects: false },
  )
  const answering = new Set<ServerResponse>()
  let isClosing = false
  const server = createHttpServer((request, response) => {
    answering.add(response)
    response.once('close', () => answering.delete(response))
    if (isClosing) endConnection(response)
    listener(request, response)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, hostname, resolve)
  })
  const { port: bound } = server.address() as AddressInfo
  return {
    url: `http://${hostname.includes(':') ? `[${hostname}]` : hostname}:${bound}`,
    port: bound,
    close: () =>
      new Promise((resolve) => {
        // Connections that are kept busy would keep it open for as long.
        isClosing = true
        answering.forEach(endConnection)
        server.close(() => resolve())
        server.closeIdleConnections()
      }),
  }
}

/** Ends the connection of a response with it, where that can still be said. */
function endConnection(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close')
}
