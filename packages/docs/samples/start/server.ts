import { createServer } from 'node:http'
import { createBackend } from '@acme/backend'
import { serverMetadata } from './metadata.server.ts'

const { authenticate, users } = createBackend({ metadata: serverMetadata }) // ACME_SECRET_KEY, ACME_API_URL
const authorizedParties = [process.env.PAGE_ORIGIN ?? 'http://localhost:5173']

createServer(async (request, response) => {
  const reply = (status: number, body: object) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  try {
    const auth = await authenticate(request, { authorizedParties })
    if (!auth.isAuthenticated) return void reply(401, { error: auth.reason })
    const user = await users.updateUserMetadata(auth.userId, {
      publicMetadata: { plan: 'pro' }, // the page sees it
      privateMetadata: { customerId: 'cus_1' }, // the page never does
    })
    reply(200, { plan: user.publicMetadata.plan })
  } catch (error) {
    console.error(error)
    reply(502, {})
  }
}).listen(Number(process.env.PORT ?? 3000))
