import { createServer } from 'node:http'
import { createBackend } from '@acme/backend'
import { isAcmeError } from '@acme/schema'
import { serverMetadata } from './metadata.server.ts'

const { users, tokens } = createBackend({ metadata: serverMetadata }) // ACME_SECRET_KEY, ACME_API_URL
const pageOrigin = process.env.PAGE_ORIGIN ?? 'http://localhost:5173'

async function upgrade(authorization = ''): Promise<object> {
  const token = authorization.replace(/^Bearer /, '')
  const { userId } = await tokens.verify(token, { authorizedParties: [pageOrigin] })
  const user = await users.updateUserMetadata(userId, {
    publicMetadata: { plan: 'pro' }, // the page sees it
    privateMetadata: { customerId: 'cus_1' }, // the page never does
  })
  return { plan: user.publicMetadata.plan }
}

createServer(async (request, response) => {
  const reply = (status: number, body: object) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  try {
    reply(200, await upgrade(request.headers.authorization))
  } catch (error) {
    reply(isAcmeError(error) && error.code === 'token_invalid' ? 401 : 502, {})
  }
}).listen(Number(process.env.PORT ?? 3000))
