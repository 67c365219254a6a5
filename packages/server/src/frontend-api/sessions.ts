import { Hono } from 'hono'
import { signSession, signTemplate } from '../auth/sign-session.ts'
import { isActive } from '../domain/sign-in/clients.ts'
import { endClientSessions, touchSession } from '../domain/sign-in/sessions.ts'
import { jsonResponse } from '../http/reply.ts'
import type { Instance } from '../instance.ts'
import { sessionJson } from './client-json.ts'
import { envelope } from './envelope.ts'
import { type FrontendContext, type FrontendEnv, requireClient, signedOut } from './frontend-env.ts'

/** `/v1/client/sessions/{id}`: the sessions of the browser that asks. */
export function sessions(instance: Instance): Hono<FrontendEnv> {
  const find = async (c: FrontendContext) => {
    const client = requireClient(c)
    const session = await instance.storage.find('sessions', c.req.param('id') ?? '')
    if (session?.clientId !== client.id || !isActive(instance, session)) throw signedOut()
    const user = await instance.storage.find('users', session.userId)
    if (!user) throw signedOut()
    return { client, session, user }
  }

  const end = (status: 'ended' | 'removed') => async (c: FrontendContext) => {
    const { client, session, user } = await find(c)
    const over = await instance.storage.transact(endClientSessions(instance, client, [session.id], status))
    return envelope(instance, c, {
      json: { ...(await sessionJson(instance, over, user, c.env.origin)), last_active_token: null },
    })
  }

  return (
    new Hono<FrontendEnv>()
      .get('/:id', async (c) => {
        const { session, user } = await find(c)
        return envelope(instance, c, { json: await sessionJson(instance, session, user, c.env.origin) })
      })
      .post('/:id/touch', async (c) => {
        const { client, session, user } = await find(c)
        const touched = await instance.storage.transact(touchSession(instance, client, session.id))
        return envelope(instance, c, { json: await sessionJson(instance, touched, user, c.env.origin) })
      })
      // Tokens come without an envelope.
      .post('/:id/tokens', async (c) => {
        const { session, user } = await find(c)
        const jwt = await signSession(instance, { session, user, origin: c.env.origin })
        return jsonResponse(JSON.stringify({ object: 'token', jwt }), 200)
      })
      .post('/:id/tokens/:template', async (c) => {
        const { session, user } = await find(c)
        const jwt = await signTemplate(instance, c.req.param('template'), { session, user, origin: c.env.origin })
        return jsonResponse(JSON.stringify({ object: 'token', jwt }), 200)
      })
      .post('/:id/end', end('ended'))
      .post('/:id/remove', end('removed'))
  )
}
