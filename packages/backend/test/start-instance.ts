import { formatPublishableKey } from '@acme/schema'
import { createPbkdf2Passwords, createServer } from '@acme/server'
import { createMemoryStorage } from '@acme/server/memory'
import { type Backend, createBackend } from '../src/index.ts'

export const page = 'https://app.example.com'
export const secretKey = 'sk_test_0123456789'
const api = 'https://clerk.example.com'

/** An instance with one user, who is signed in on the page. */
export interface Instance {
  readonly backend: Backend
  readonly publishableKey: string
  readonly userId: string
  readonly sessionId: string
  /** A token of the session, made for the page. */
  readonly token: string
  readonly fetch: (request: Request) => Promise<Response>
}

/** Starts the real server, in memory. */
export async function startInstance(): Promise<Instance> {
  const publishableKey = formatPublishableKey({ instanceType: 'live', host: 'clerk.example.com' })
  const server = await createServer({
    storage: createMemoryStorage(),
    publishableKey,
    secretKeys: [secretKey],
    passwords: createPbkdf2Passwords({ iterations: 1 }),
    allowedOrigins: [page],
  })
  const [userId = ''] = await server.createUsers([
    { username: 'ada', public_metadata: { plan: 'free' }, private_metadata: { canary: 'secret' } },
  ])
  const cookie = `__client=${await server.signIn(userId)}`
  const ask = async (method: string, path: string) => {
    const request = new Request(`${api}/v1/${path}`, { method, headers: { cookie, origin: page } })
    return (await server.fetch(request)).json()
  }
  const { response } = await ask('GET', 'client')
  const sessionId: string = response.sessions[0].id
  const { jwt: token } = await ask('POST', `client/sessions/${sessionId}/tokens`)
  const fetch = async (request: Request) => server.fetch(request)
  return { backend: createBackend({ secretKey, apiUrl: api, fetch }), publishableKey, userId, sessionId, token, fetch }
}
