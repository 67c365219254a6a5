import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isLoopbackHost } from '@acme/schema'
import type { Metrics } from './metrics.ts'

/** Where metrics are to be had, and for whom. */
export interface MetricsAddress {
  /** 0 is a free one. */
  readonly port: number
  /** @default '127.0.0.1' */
  readonly hostname?: string | undefined
  /** What has to be shown to see them (`Authorization: Bearer …`). @default nothing, where this machine alone asks */
  readonly token?: string | undefined
}

/** Metrics that are served. */
export interface ServedMetrics {
  readonly url: string
  close(): Promise<void>
}

/**
 * Reads where metrics are to be had: a port of this machine, or an address and a port.
 *
 * @throws TypeError for what is neither, and for an address that others reach where no token is given
 */
export function readMetricsAddress(text: string, token: string | undefined): MetricsAddress {
  const [, host, digits = ''] = /^(?:(\[[\da-f:]+\]|[\w.-]+):)?(\d{1,5})$/i.exec(text) ?? []
  const port = Number(digits)
  if (digits === '' || port > 65_535)
    throw new TypeError('--metrics takes a port, or an address and a port: 9464, 10.0.0.2:9464')
  if (token !== undefined && !/^[\w.~+/=-]{16,}$/.test(token)) {
    throw new TypeError('ACME_METRICS_TOKEN takes 16 characters at least, of letters, digits and - . _ ~ + / =')
  }
  const hostname = host?.replace(/^\[|\]$/g, '') ?? '127.0.0.1'
  assertGuarded({ port, hostname, token })
  return { port, hostname, token }
}

/** Refuses to show strangers what a server does. */
function assertGuarded({ hostname = '127.0.0.1', token }: MetricsAddress): void {
  if (token !== undefined || isLoopbackHost(asHost(hostname))) return
  throw new TypeError(
    `whoever reaches ${hostname} would see the metrics: set ACME_METRICS_TOKEN, which Prometheus shows by ` +
      'authorization.credentials, or listen on 127.0.0.1',
  )
}

/** Serves metrics at `/metrics`, apart from the server they are of. It rejects when the port is taken. */
export async function serveMetrics(metrics: Metrics, address: MetricsAddress): Promise<ServedMetrics> {
  assertGuarded(address)
  const { port, hostname = '127.0.0.1', token } = address
  const server = createServer((request, response) => {
    const status = statusOf(request, token)
    if (status !== 200) {
      response.writeHead(status, { ...(status === 401 && { 'www-authenticate': 'Bearer' }) }).end()
      return
    }
    metrics.expose(/application\/openmetrics-text/.test(request.headers.accept ?? '')).then(
      ({ contentType, text }) => {
        response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-store' }).end(text)
      },
      () => response.writeHead(500).end(),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host: hostname }, resolve)
  })
  const { port: bound } = server.address() as AddressInfo
  return {
    url: `http://${asHost(hostname)}:${bound}/metrics`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function statusOf(request: IncomingMessage, token: string | undefined): number {
  const { host = '', authorization = '' } = request.headers
  if (token !== undefined) {
    if (!isSame(authorization, `Bearer ${token}`)) return 401
  } else if (!isLoopbackHost(host)) {
    // A page whose name was made to lead to this machine.
    return 403
  }
  if (request.url?.split('?', 1)[0] !== '/metrics') return 404
  return request.method === 'GET' ? 200 : 405
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => createHash('sha256').update(text).digest())
  return left !== undefined && right !== undefined && timingSafeEqual(left, right)
}

function asHost(hostname: string): string {
  return hostname.includes(':') ? `[${hostname}]` : hostname
}
