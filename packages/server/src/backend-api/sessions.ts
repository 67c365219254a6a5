import { isId } from '@acme/schema'
import {
  type BackendSessionJson,
  createSessionBody,
  emptyBody,
  type SessionStatus,
  sessionStatus,
  sessionTokenBody,
} from '@acme/schema/wire'
import { Hono } from 'hono'
import { signSession, signTemplate } from '../auth/sign-session.ts'
import { fault, notFound, paramFault } from '../domain/fault.ts'
import { isActive } from '../domain/sign-in/clients.ts'
import { createSession, findSessions, revokeSession } from '../domain/sign-in/sessions.ts'
import { commit, rowsOf } from '../http/commit.ts'
import { validate } from '../http/validate.ts'
import type { Instance } from '../instance.ts'
import type { SessionRow } from '../storage/rows.ts'
import type { Transaction } from '../storage/storage.ts'
import { type BackendContext, type BackendEnv, reply } from './backend-env.ts'
import { readNumber } from './user-query.ts'

/** `/v1/sessions` of the Backend API. */
export function sessions(instance: Instance): Hono<BackendEnv> {
  const show = (session: SessionRow) => ({ json: backendSessionJson(session, instance.clock()) })

  const run = async (c: BackendContext, makePlan: () => Transaction<SessionRow> | Promise<Transaction<SessionRow>>) => {
    const { repeatable } = c.env
    return reply(await commit(instance, { makePlan, toReply: show, repeatable, subject: rowsOf('sessions') }))
  }

  const find = async (c: BackendContext): Promise<SessionRow> => {
    const id = c.req.param('id') ?? ''
    const session = isId('session', id) ? await instance.storage.find('sessions', id) : undefined
    if (!session) throw notFound('session', id)
    return session
  }

  /** Whom a token that is asked for speaks for. @throws Fault 404 unless the session goes on */
  const subjectOf = async (c: BackendContext) => {
    const session = await find(c)
    const { expires_in_seconds: lifetime } = validate(sessionTokenBody, c.env.params, 'backend')
    const user = isActive(instance, session) ? await instance.storage.find('users', session.userId) : undefined
    if (!user) throw notFound('active session', session.id)
    return { session, user, origin: undefined, lifetime: lifetime ?? undefined }
  }

  return new Hono<BackendEnv>()
    .get('/', async (c) => {
      const query = c.env.url.searchParams
      const [userId, clientId] = [query.get('user_id'), query.get('client_id')]
      if (!userId && !clientId)
        throw paramFault('user_id', 'form_param_missing', 'is missing', 'Give a user_id or a client_id.')
      const status = query.get('status')
      if (status !== null && !sessionStatus.safeParse(status).success)
        throw paramFault('status', 'form_param_value_invalid', 'is not a status')
      const limit = readNumber('limit', query.get('limit') ?? '10', 1, 500)
      const offset = readNumber('offset', query.get('offset') ?? '0', 0, 1e9)
      const all = (await findSessions(instance.storage, { userId, clientId })).map((session) => show(session).json)
      const fitting = status === null ? all : all.filter((session) => session.status === status)
      const data = fitting.slice(offset, offset + limit)
      return reply({ json: query.get('paginated') === 'true' ? { data, total_count: fitting.length } : data })
    })
    .post('/', async (c) => {
      const { user_id: userId } = validate(createSessionBody, c.env.params, 'backend')
      if (instance.instanceType !== 'test') {
        const long = 'Sessions are made without a sign-in by test instances only.'
        throw fault(400, 'request_invalid_for_environment', 'not allowed here', long)
      }
      return run(c, () => createSession(instance, userId))
    })
    .get('/:id', async (c) => reply(show(await find(c))))
    .post('/:id/revoke', async (c) => {
      validate(emptyBody, c.env.params, 'backend')
      const session = await find(c)
      return run(c, () => revokeSession(instance, session))
    })
    .post('/:id/tokens', async (c) => {
      const jwt = await signSession(instance, await subjectOf(c))
      return reply({ json: { object: 'token', jwt } })
    })
    .post('/:id/tokens/:template', async (c) => {
      const jwt = await signTemplate(instance, c.req.param('template'), await subjectOf(c))
      return reply({ json: { object: 'token', jwt } })
    })
}

/** Shows a session as the Backend API sends it; one whose time is over has expired, whoever notices first. */
function backendSessionJson(session: SessionRow, now: number): BackendSessionJson {
  const status: SessionStatus = session.status === 'active' && session.expireAt <= now ? 'expired' : session.status
  return {
    id: session.id,
    object: 'session',
    client_id: session.clientId,
    user_id: session.userId,
    status,
    last_active_at: session.lastActiveAt,
    last_active_organization_id: null,
    actor: null,
    expire_at: session.expireAt,
    abandon_at: session.expireAt,
    created_at: session.createdAt,
    updated_at: session.updatedAt,
  }
}
