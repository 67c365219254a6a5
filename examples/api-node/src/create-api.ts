import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { createBackend } from '@acme/backend'
import { isAcmeError } from '@acme/schema'
import { followUsers } from './follow-users.ts'
import { serverMetadata } from './metadata.server.ts'
import { createOperatorsView, customerOf, isFromHere } from './operators-view.ts'
import type { UserCopies } from './user-copies.ts'

/** What the API needs to know. */
export interface ApiOptions {
  readonly secretKey: string
  /** Where the user-metadata server is. */
  readonly apiUrl: string
  /** The origin of the page that may call. */
  readonly pageOrigin: string
  /** Whether users may see themselves as this server sees them: for the demonstration, on this machine. @default false */
  readonly operatorsView?: boolean | undefined
  /** What follows the users, and the secret of the endpoint by which they tell: `npx @acme/server webhooks add`. */
  readonly webhooks?: { readonly secret: string; readonly copies: UserCopies } | undefined
}

/**
 * The app's own API. `POST /upgrade` does what the webhook of a payment provider would do: the user who
 * asks, known by the session token, gets the plan that the page shows and the customer id that it never sees.
 * `POST /webhooks` keeps a table of the app's own true. `/operators-view` is there for the demonstration alone.
 */
export function createApi({ secretKey, apiUrl, pageOrigin, operatorsView, webhooks }: ApiOptions): Server {
  const { users, tokens } = createBackend({ secretKey, apiUrl, metadata: serverMetadata })

  const view = createOperatorsView(users)

  /** Who asks, by the session token. */
  async function whoAsks(request: IncomingMessage): Promise<string> {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
    const { userId } = await tokens.verify(token, { authorizedParties: [pageOrigin] })
    return userId
  }

  async function upgrade(userId: string): Promise<object> {
    const user = await users.updateUser(userId, {
      publicMetadata: { plan: 'pro' },
      privateMetadata: { paymentCustomerId: customerOf(userId) },
    })
    return { plan: user.publicMetadata.plan }
  }

  /** What answers a request, if anything does. */
  function find(request: IncomingMessage): ((userId: string) => Promise<object>) | undefined {
    const [, place, kind = ''] = request.url?.split('/') ?? []
    if (request.method === 'POST' && request.url === '/upgrade') return upgrade
    if (!operatorsView || place !== 'operators-view' || !isFromHere(request)) return undefined
    return async (userId) => {
      if (request.method === 'POST') await view.write(userId, kind)
      return view.read(userId)
    }
  }

  function reply(response: ServerResponse, status: number, body: object): void {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }

  async function follow(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { secret, copies } = webhooks ?? {}
    if (!secret || !copies) return reply(response, 404, { error: 'not found' })
    const body = Readable.toWeb(request) as ReadableStream
    const headers = new Headers(Object.entries(request.headersDistinct).map(([name, values]) => [name, `${values}`]))
    const init = { method: 'POST', headers, body, duplex: 'half' } as const
    const answer = await followUsers(new Request('http://api/webhooks', init), secret, copies)
    response.writeHead(answer.status).end(await answer.text())
  }

  return createServer(async (request, response) => {
    if (request.method === 'POST' && request.url === '/webhooks') return follow(request, response)
    response.setHeader('access-control-allow-origin', pageOrigin)
    response.setHeader('access-control-allow-headers', 'authorization')
    response.setHeader('vary', 'origin')
    response.setHeader('cache-control', 'no-store')
    if (request.method === 'OPTIONS') return void response.writeHead(204).end()
    const answer = find(request)
    if (!answer) return reply(response, 404, { error: 'not found' })
    try {
      reply(response, 200, await answer(await whoAsks(request)))
    } catch (error) {
      const isRefused = isAcmeError(error) && error.code === 'token_invalid'
      reply(response, isRefused ? 401 : 502, { error: isAcmeError(error) ? error.message : 'failed' })
    }
  })
}
