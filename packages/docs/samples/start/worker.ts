import { createBackend } from '@acme/backend'
import { serverMetadata } from './metadata.server.ts'

interface Env {
  readonly ACME_SECRET_KEY: string
  readonly ACME_API_URL: string
  readonly PAGE_ORIGIN: string
}

// Made by the first request: keys and tokens are known from then on.
let made: ReturnType<typeof createBackend<typeof serverMetadata>> | undefined

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    made ??= createBackend({ secretKey: env.ACME_SECRET_KEY, apiUrl: env.ACME_API_URL, metadata: serverMetadata })
    const auth = await made.authenticate(request, { authorizedParties: [env.PAGE_ORIGIN] })
    if (!auth.isAuthenticated) return Response.json({ error: auth.reason }, { status: 401 })
    const user = await made.users.updateUserMetadata(auth.userId, { publicMetadata: { plan: 'pro' } })
    return Response.json({ plan: user.publicMetadata.plan })
  },
}
