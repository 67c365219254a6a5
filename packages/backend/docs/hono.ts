import type { Authenticated, Backend } from '@acme/backend'
import { Hono } from 'hono'

type Variables = { auth: Authenticated }

export function createApp(backend: Backend, authorizedParties: readonly string[]): Hono<{ Variables: Variables }> {
  const app = new Hono<{ Variables: Variables }>()
  app.use(async (context, next) => {
    const auth = await backend.authenticate(context.req.raw, { authorizedParties })
    if (!auth.isAuthenticated) return context.json({ error: auth.reason }, 401)
    context.set('auth', auth)
    return next()
  })
  app.get('/me', async (context) => Response.json(await context.get('auth').getUser()))
  app.post('/upgrade', async (context) => {
    const { userId } = context.get('auth')
    return Response.json(await backend.users.updateUserMetadata(userId, { publicMetadata: { plan: 'pro' } }))
  })
  return app
}
