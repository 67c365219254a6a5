import { request } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { selfSigned } from './self-signed.ts'

/** A proxy that ends TLS, as Caddy or nginx does before a server, and passes on by the name that is asked for. */
export interface TlsProxy {
  readonly port: number
  /** Says to which address of this machine the requests for a name go. */
  route(name: string, address: string): void
  close(): Promise<void>
}

/** Starts it on loopback, with a certificate of its own for some names. */
export async function startTlsProxy(...names: readonly string[]): Promise<TlsProxy> {
  const routes = new Map<string, URL>()
  const server = createServer(selfSigned(...names), (incoming, outgoing) => {
    const { host = '' } = incoming.headers
    const target = routes.get(host.replace(/:\d+$/, ''))
    if (!target) {
      outgoing.writeHead(502).end()
      return
    }
    const headers = { ...incoming.headers, 'x-forwarded-for': incoming.socket.remoteAddress ?? '' }
    const { hostname, port } = target
    const passed = request({ hostname, port, method: incoming.method, path: incoming.url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    passed.on('error', () => outgoing.destroy())
    outgoing.on('close', () => passed.destroy())
    incoming.pipe(passed)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    route: (name, address) => void routes.set(name, new URL(address)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
