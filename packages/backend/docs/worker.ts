import { type Backend, createBackend } from '@acme/backend'

interface Environment {
  readonly ACME_SECRET_KEY: string
  readonly ACME_API_URL: string
  readonly PAGE_ORIGIN: string
}

// Once for each isolate, so that keys and tokens are known from one request to the next.
let backend: Backend | undefined

export default {
  async fetch(request: Request, env: Environment): Promise<Response> {
    backend ??= createBackend({ secretKey: env.ACME_SECRET_KEY, apiUrl: env.ACME_API_URL })
    const auth = await backend.authenticate(request, { authorizedParties: [env.PAGE_ORIGIN] })
    if (!auth.isAuthenticated) return Response.json({ error: auth.reason }, { status: 401 })
    if (request.method === 'GET') return Response.json(await auth.getUser())
    const patch = { publicMetadata: { plan: 'pro' } }
    return Response.json(await backend.users.updateUserMetadata(auth.userId, patch))
  },
}
