import type { ClientRow, SessionRow, UserRow } from '../../storage/rows.ts'
import type { Storage, Transaction, Write } from '../../storage/storage.ts'
import type { Deps } from '../deps.ts'
import { notFound } from '../fault.ts'
import { assertAdmitted } from '../users/admission.ts'
import { sessionKey, userKey } from '../users/change-user.ts'
import { beginSession, knowing, knownOn, knows, newClient } from './clients.ts'

/** Plans to note that a session is used, and is the one in front. */
export function touchSession(deps: Deps, client: ClientRow, id: string): Transaction<SessionRow> {
  return change(deps, client, [id], (session) => ({ ...session, lastActiveAt: deps.clock() }), id)
}

/** Plans to end sessions of a client: `ended` by the user, `removed` when they sign out for good. */
export function endClientSessions(
  deps: Deps,
  client: ClientRow,
  ids: readonly string[],
  status: 'ended' | 'removed',
): Transaction<SessionRow> {
  return change(deps, client, ids, (session) => ({ ...session, status }), null)
}

function change(
  deps: Deps,
  client: ClientRow,
  ids: readonly string[],
  next: (session: SessionRow) => SessionRow,
  front: string | null,
): Transaction<SessionRow> {
  return {
    reads: [{ collection: 'clients', id: client.id }, ...ids.map((id) => ({ collection: 'sessions', id }) as const)],
    follow: (rows) => ids.flatMap((id) => rows.get('sessions', id)?.userId ?? []).map(userKey),
    decide(rows) {
      const now = deps.clock()
      const sessions = ids.map((id) => {
        const session = rows.get('sessions', id)
        if (session?.clientId !== client.id) throw notFound('session', id)
        return { ...next(session), updatedAt: now }
      })
      const current = rows.get('clients', client.id) ?? client
      const wasInFront = ids.includes(current.lastActiveSessionId ?? '')
      const isOver = new Set(sessions.filter(({ status }) => status !== 'active').map(({ id }) => id))
      // A client of an older version was not told whom it has: who goes is known when they come back.
      const unknown = sessions
        .filter(({ id }) => isOver.has(id) && rows.get('sessions', id)?.status === 'active')
        .flatMap(({ userId }) => rows.get('users', userId) ?? [])
        .filter((user) => !knows(current, user))
      const row: ClientRow = {
        ...current,
        sessionIds: current.sessionIds.filter((id) => !isOver.has(id)),
        lastActiveSessionId: front ?? (wasInFront ? null : current.lastActiveSessionId),
        knownUserIds: knowing(
          current,
          unknown.map(({ id }) => id),
        ),
        updatedAt: isOver.size > 0 ? now : current.updatedAt,
      }
      const writes: Write[] = [
        ...sessions.map((session) => ({ put: 'sessions', row: session }) as const),
        { put: 'clients', row },
        ...unknown.map((user) => ({ put: 'users', row: knownOn(user, client.id) }) as const),
      ]
      return { writes, result: sessions[0] as SessionRow }
    },
  }
}

/** Plans to begin a session for a user on a client of its own, without any proof, for the Backend API. */
export async function createSession(deps: Deps, userId: string): Promise<Transaction<SessionRow>> {
  const { client } = await newClient(deps)
  return {
    reads: [userKey(userId)],
    decide(rows) {
      const user: UserRow | undefined = rows.get('users', userId)
      if (!user) throw notFound('user', userId)
      assertAdmitted(deps, user)
      const { session, writes } = beginSession(deps, client, user, client.secretDigest)
      return { writes, result: session }
    },
  }
}

/** Plans to end a session from outside; one that is over already stays as it is. */
export function revokeSession(deps: Deps, session: SessionRow): Transaction<SessionRow> {
  return {
    reads: [sessionKey(session)],
    decide(rows) {
      const current = rows.get('sessions', session.id) ?? session
      if (current.status !== 'active') return { writes: [], result: current }
      const row: SessionRow = { ...current, status: 'revoked', updatedAt: deps.clock() }
      return { writes: [{ put: 'sessions', row }], result: row }
    },
  }
}

/** Plans to end a session by its owner, who does not know that device any more either. */
export function disownSession(deps: Deps, session: SessionRow): Transaction<SessionRow> {
  const plan = revokeSession(deps, session)
  return {
    reads: [...plan.reads, userKey(session.userId)],
    decide(rows) {
      const { writes, result } = plan.decide(rows)
      const user = rows.get('users', session.userId)
      if (!user?.knownClientIds?.includes(session.clientId)) return { writes, result }
      const row = { ...user, knownClientIds: user.knownClientIds.filter((id) => id !== session.clientId) }
      return { writes: [...writes, { put: 'users', row }], result }
    },
  }
}

/** The sessions of a user, or of a client, newest first. */
export async function findSessions(
  storage: Storage,
  { userId, clientId }: { readonly userId?: string | null | undefined; readonly clientId?: string | null | undefined },
): Promise<readonly SessionRow[]> {
  if (userId) {
    const sessions = await storage.listSessions(userId)
    return clientId ? sessions.filter((session) => session.clientId === clientId) : sessions
  }
  const client = clientId ? await storage.find('clients', clientId) : undefined
  const found = await Promise.all((client?.sessionIds ?? []).map((id) => storage.find('sessions', id)))
  return found.filter((session) => session !== undefined).reverse()
}
