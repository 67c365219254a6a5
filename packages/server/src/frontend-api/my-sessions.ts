import { emptyBody, type SessionActivityJson } from '@acme/schema/wire'
import { Hono } from 'hono'
import { notFound } from '../domain/fault.ts'
import { isActive } from '../domain/sign-in/clients.ts'
import { disownSession } from '../domain/sign-in/sessions.ts'
import { jsonResponse } from '../http/reply.ts'
import { validate } from '../http/validate.ts'
import type { Instance } from '../instance.ts'
import type { SessionRow } from '../storage/rows.ts'
import { envelope } from './envelope.ts'
import { type FrontendContext, type FrontendEnv, requireSession } from './frontend-env.ts'

/** `/v1/me/sessions`: where the signed-in user is signed in. */
export function mySessions(instance: Instance): Hono<FrontendEnv> {
  // Without an envelope, as Clerk's clients read it.
  const list = (isShown: (session: SessionRow) => boolean) => async (c: FrontendContext) => {
    const { userId } = await requireSession(instance, c)
    const sessions = await instance.storage.listSessions(userId)
    return jsonResponse(JSON.stringify(sessions.filter(isShown).map(sessionActivityJson)), 200)
  }
  return new Hono<FrontendEnv>()
    .get(
      '/',
      list(() => true),
    )
    .get(
      '/active',
      list((session) => isActive(instance, session)),
    )
    .post('/:id/revoke', async (c) => {
      validate(emptyBody, c.env.params, 'frontend')
      const { userId } = await requireSession(instance, c)
      const id = c.req.param('id')
      const session = await instance.storage.find('sessions', id)
      if (session?.userId !== userId) throw notFound('session', id)
      const over = await instance.storage.transact(disownSession(instance, session))
      return envelope(instance, c, { json: sessionActivityJson(over) })
    })
}

function sessionActivityJson(session: SessionRow): SessionActivityJson {
  const { device } = session
  return {
    id: session.id,
    object: 'session',
    status: session.status,
    expire_at: session.expireAt,
    abandon_at: session.expireAt,
    last_active_at: session.lastActiveAt,
    actor: null,
    latest_activity: {
      id: session.id.replace(/^\w+?_/, 'sess_activity_'),
      object: 'session_activity',
      device_type: device?.type ?? null,
      is_mobile: device?.isMobile ?? false,
      browser_name: device?.browserName ?? null,
      browser_version: device?.browserVersion ?? null,
      ip_address: null,
      city: null,
      country: null,
    },
    created_at: session.createdAt,
    updated_at: session.updatedAt,
  }
}
