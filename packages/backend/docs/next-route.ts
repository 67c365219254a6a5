import type { Authenticated, Backend } from '@acme/backend'

type Handler = (request: Request, auth: Authenticated) => Promise<Response>

/** Makes a route handler of Next that only who is signed in gets through: `export const GET = withUser(backend, …)`. */
export function withUser({ authenticate }: Backend, authorizedParties: readonly string[], handle: Handler) {
  return async (request: Request): Promise<Response> => {
    const auth = await authenticate(request, { authorizedParties })
    return auth.isAuthenticated ? handle(request, auth) : Response.json({ error: auth.reason }, { status: 401 })
  }
}

/** What `app/api/me/route.ts` and `app/api/upgrade/route.ts` export. */
export function createRoutes(backend: Backend, authorizedParties: readonly string[]) {
  const me = { GET: withUser(backend, authorizedParties, async (_, auth) => Response.json(await auth.getUser())) }
  const upgrade = {
    POST: withUser(backend, authorizedParties, async (_, { userId }) =>
      Response.json(await backend.users.updateUserMetadata(userId, { publicMetadata: { plan: 'pro' } })),
    ),
  }
  return { me, upgrade }
}
