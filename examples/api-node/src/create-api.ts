import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createBackend } from '@acme/backend'
import { isAcmeError } from '@acme/schema'
import { serverMetadata } from './metadata.server.ts'

/** What the API needs to know. */
export interface ApiOptions {
  readonly secretKey: string
  /** Where the user-metadata server is. */
  readonly apiUrl: string
  /** The origin of the page that may call. */
  readonly pageOrigin: string
}

/**
 * The app's own API. `POST /upgrade` does what the webhook of a payment provider would do: the user who
 * asks, known by the session token, gets the plan that the page shows and the customer id that it never sees.
 */
export function createApi({ secretKey, apiUrl, pageOrigin }: ApiOptions): Server {
  const { users, tokens } = createBackend({ secretKey, apiUrl, metadata: serverMetadata })

  async function upgrade(request: IncomingMessage): Promise<object> {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
    const { userId } = await tokens.verify(token, { authorizedParties: [pageOrigin] })
    const user = await users.updateUser(userId, {
      publicMetadata: { plan: 'pro' },
      privateMetadata: { paymentCustomerId: `cus_${userId.slice(-12)}` },
    })
    return { plan: user.publicMetadata.plan }
  }

  function reply(response: ServerResponse, status: number, body: object): void {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }

  return createServer(async (request, response) => {
    response.setHeader('access-control-allow-origin', pageOrigin)
    response.setHeader('access-control-allow-headers', 'authorization')
    response.setHeader('vary', 'origin')
    if (request.method === 'OPTIONS') return void response.writeHead(204).end()
    if (request.method !== 'POST' || request.url !== '/upgrade') return reply(response, 404, { error: 'not found' })
    try {
      reply(response, 200, await upgrade(request))
    } catch (error) {
      const isRefused = isAcmeError(error) && error.code === 'token_invalid'
      reply(response, isRefused ? 401 : 502, { error: isAcmeError(error) ? error.message : 'failed' })
    }
  })
}
