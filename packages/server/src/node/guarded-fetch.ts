import { lookup as lookUp } from 'node:dns/promises'
import { Agent as HttpAgent, type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import { isAllowedHost } from '../domain/webhooks/assert-target.ts'
import type { WebhookFetch } from '../domain/webhooks/attempt.ts'
import { isAddress, isPublicAddress } from '../domain/webhooks/public-address.ts'

/** How a request finds its way. */
export interface GuardedFetchOptions {
  /** Hosts that may be reached by http and wherever they are, with a port or without. */
  readonly allowedHosts?: readonly string[] | undefined
  /** Finds the addresses of a name. @default the system's resolver */
  readonly resolve?: ((hostname: string) => Promise<readonly { address: string; family: number }[]>) | undefined
}

/** Thrown instead of going where no webhook may go: this machine, its network, and whatever is not public. */
export class TargetRefused extends Error {
  override name = 'TargetRefused'
  readonly code = 'target_refused'
}

/** How much of an answer is read, in bytes, so that its connection can be used again; one that says more loses it. */
const maxAnswer = 65_536

/** How many connections to one host are kept. */
const agentOptions = { keepAlive: true, maxFreeSockets: 8, timeout: 30_000 }

/**
 * Makes what sends webhooks from Node: by https, to addresses of the public Internet only. The addresses of a name are
 * looked at when it is resolved, and the connection goes to these and no others, so that no name can be made to lead
 * elsewhere meanwhile. It follows no redirect, uses no proxy, and answers as soon as the status is known.
 */
export function createGuardedFetch({
  allowedHosts = [],
  resolve = (hostname) => lookUp(hostname, { all: true }),
}: GuardedFetchOptions = {}): WebhookFetch {
  const allowed = new Set(allowedHosts)
  const [httpAgent, httpsAgent] = [new HttpAgent(agentOptions), new HttpsAgent(agentOptions)]

  /** Resolves a name for a connection, and refuses it for one address that is not public. */
  const guardedLookup: NonNullable<RequestOptions['lookup']> = (hostname, _, done) => {
    resolve(hostname).then(
      (addresses) => {
        const isPublic = addresses.length > 0 && addresses.every(({ address }) => isPublicAddress(address))
        if (isPublic) done(null, [...addresses])
        else done(new TargetRefused(), [])
      },
      (error) => done(error, []),
    )
  }

  return async (request) => {
    const url = new URL(request.url)
    const isAllowed = isAllowedHost(url, allowed)
    const isSecure = url.protocol === 'https:'
    // An address is connected to without being looked up.
    const isForbidden = !isSecure || (isAddress(url.hostname) && !isPublicAddress(url.hostname))
    if (!isAllowed && isForbidden) throw new TargetRefused()
    const body = Buffer.from(await request.arrayBuffer())
    const options: RequestOptions = {
      method: request.method,
      headers: { ...Object.fromEntries(request.headers), 'content-length': body.length, 'user-agent': 'acme-server' },
      signal: request.signal,
      agent: isSecure ? httpsAgent : httpAgent,
      ...(!isAllowed && { lookup: guardedLookup }),
    }
    return new Promise<Response>((resolve, reject) => {
      const sent = (isSecure ? requestHttps : requestHttp)(url, options, (answer) => {
        const { statusCode: status = 0 } = answer
        discard(answer)
        // Whoever answers may answer anything.
        if (status >= 200 && status <= 599) resolve(new Response(null, { status }))
        else reject(new Error('no status that means anything'))
      })
      sent.on('error', reject)
      sent.end(body)
    })
  }
}

/** Reads an answer to its end, if that is near. */
function discard(answer: IncomingMessage): void {
  let length = 0
  answer.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length > maxAnswer) answer.destroy()
  })
  // The connection may break, and the signal end it: the status is known already.
  answer.on('error', () => {})
}
