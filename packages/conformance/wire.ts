import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import { readJson } from '@acme/schema'
import type { Place } from './targets.ts'

/** A request as it goes over the wire: no SDK, no fetch, nothing corrected on the way. */
export interface WireRequest {
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: string | Uint8Array | undefined
}

/** What came back. */
export interface WireReply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** The body as JSON; it throws when it is not. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  readonly json: any
  /** Every header and the body. */
  readonly everything: string
}

/** Sends raw requests to one server, over connections that stay open. */
export interface Wire {
  send(request: WireRequest): Promise<WireReply>
  /** Asks the Backend API. */
  backend(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<WireReply>
  /** Signs somebody up in a browser of its own: gives their id and the browser's cookie. */
  signUp(username: string, unsafeMetadata?: string): Promise<{ readonly userId: string; readonly cookie: string }>
  /** Asks the Frontend API as a page of the server's own origin does, by a form. */
  frontend(cookie: string, method: string, path: string, form?: Readonly<Record<string, string>>): Promise<WireReply>
  close(): void
}

/** What comes to the same twice (RFC 9110). */
const idempotent: ReadonlySet<string> = new Set(['GET', 'PUT', 'DELETE'])

/** Makes the raw way to a server. */
export function createWire({ url, secretKey }: Place): Wire {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  const { hostname, port, origin } = new URL(url)

  function send(asked: WireRequest): Promise<WireReply> {
    const { method, path, headers, body } = asked
    return new Promise((resolve, reject) => {
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
      const outgoing = request({ agent, hostname, port, method, path, headers: { ...length, ...headers } })
      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        // A server ends what was idle for seconds, perhaps as the next request leaves: what may come twice is sent again.
        const isLate = outgoing.reusedSocket && error.code === 'ECONNRESET'
        if (isLate && idempotent.has(method)) send(asked).then(resolve, reject)
        else reject(error)
      })
      outgoing.on('response', (incoming) => {
        const chunks: Buffer[] = []
        incoming.on('error', reject)
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString()
          const { statusCode: status = 0, headers, rawHeaders } = incoming
          const read: { json?: unknown } = {}
          resolve({
            status,
            headers,
            text,
            get json() {
              // Once, however often it is looked at.
              if (!('json' in read)) read.json = readJson(text)
              return read.json
            },
            everything: `${rawHeaders.join('\n')}\n${text}`,
          })
        })
      })
      outgoing.end(body)
    })
  }

  function frontend(cookie: string, method: string, path: string, form: Readonly<Record<string, string>> = {}) {
    const isRead = method === 'GET'
    const tunnel = isRead || method === 'POST' ? '' : `${path.includes('?') ? '&' : '?'}_method=${method}`
    return send({
      method: isRead ? 'GET' : 'POST',
      path: path + tunnel,
      headers: {
        origin,
        ...(cookie && { cookie }),
        ...(!isRead && { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      body: isRead ? undefined : new URLSearchParams(form).toString(),
    })
  }

  return {
    send,
    frontend,
    backend: (method, path, body, headers = {}) =>
      send({
        method,
        path,
        headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json', ...headers },
        body: body === undefined || typeof body === 'string' ? (body as string | undefined) : JSON.stringify(body),
      }),
    async signUp(username, unsafeMetadata) {
      const metadata = unsafeMetadata === undefined ? {} : { unsafe_metadata: unsafeMetadata }
      const fields = { username, password: 'correct horse battery', ...metadata }
      const reply = await frontend('', 'POST', '/v1/client/sign_ups', fields)
      const given = reply.headers['set-cookie']?.find((text) => text.startsWith('__client='))
      const [cookie = ''] = given?.split(';') ?? []
      return { userId: reply.json.response.created_user_id, cookie }
    },
    close: () => agent.destroy(),
  }
}
