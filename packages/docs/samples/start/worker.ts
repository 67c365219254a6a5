import { createBackend } from '@acme/backend'
import { isAcmeError } from '@acme/schema'
import { serverMetadata } from './metadata.server.ts'

interface Env {
  readonly ACME_SECRET_KEY: string
  readonly ACME_API_URL: string
  readonly PAGE_ORIGIN: string
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { users, tokens } = createBackend({
      secretKey: env.ACME_SECRET_KEY,
      apiUrl: env.ACME_API_URL,
      metadata: serverMetadata,
    })
    try {
      const token = request.headers.get('authorization')?.replace(/^Bearer /, '') ?? ''
      const { userId } = await tokens.verify(token, { authorizedParties: [env.PAGE_ORIGIN] })
      const user = await users.updateUserMetadata(userId, { publicMetadata: { plan: 'pro' } })
      return Response.json({ plan: user.publicMetadata.plan })
    } catch (error) {
      return Response.json({}, { status: isAcmeError(error) && error.code === 'token_invalid' ? 401 : 502 })
    }
  },
}
