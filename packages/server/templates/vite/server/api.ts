import { createServer, type Server } from 'node:http'
import type { Backend } from '@acme/backend'
import type { serverMetadata } from './metadata.server.ts'
import { upgrade } from './upgrade.ts'

/** The API of this app. `pageOrigins` are those of its pages; a token that was made for another page is refused. */
export function createApi(backend: Backend<typeof serverMetadata>, pageOrigins: readonly string[]): Server {
  return createServer(async (request, response) => {
    const reply = (status: number, body: object) =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    try {
      const auth = await backend.authenticate(request, { authorizedParties: pageOrigins })
      if (!auth.isAuthenticated) return reply(401, { error: auth.reason })
      if (request.method === 'POST' && request.url === '/api/upgrade') {
        return reply(200, { plan: await upgrade(backend, auth.userId, `cus_${auth.userId}`) })
      }
      reply(404, { error: 'not found' })
    } catch (error) {
      console.error(error)
      reply(502, { error: 'failed' })
    }
  })
}
