import type { Authenticated, Backend } from '@acme/backend'
import express, { type Express, type RequestHandler } from 'express'

/** Lets through whoever is signed in, and tells the routes behind it who that is. */
export function requireUser({ authenticate }: Backend, authorizedParties: readonly string[]): RequestHandler {
  return async (request, response, next) => {
    const auth = await authenticate(request, { authorizedParties })
    if (!auth.isAuthenticated) return void response.status(401).json({ error: auth.reason })
    response.locals['auth'] = auth
    next()
  }
}

export function createApp(backend: Backend, authorizedParties: readonly string[]): Express {
  const app = express()
  app.use(requireUser(backend, authorizedParties))
  app.get('/me', async (_, response) => {
    const { getUser } = response.locals['auth'] as Authenticated
    response.json(await getUser())
  })
  app.post('/upgrade', async (_, response) => {
    const { userId } = response.locals['auth'] as Authenticated
    response.json(await backend.users.updateUserMetadata(userId, { publicMetadata: { plan: 'pro' } }))
  })
  return app
}
