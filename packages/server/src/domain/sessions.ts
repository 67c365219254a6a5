import type { ClientRow, SessionRow } from '../storage/rows.ts'
import type { Transaction, Write } from '../storage/storage.ts'
import type { Deps } from './deps.ts'
import { notFound } from './fault.ts'

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
      const row: ClientRow = {
        ...current,
        sessionIds: current.sessionIds.filter((id) => !isOver.has(id)),
        lastActiveSessionId: front ?? (wasInFront ? null : current.lastActiveSessionId),
        updatedAt: isOver.size > 0 ? now : current.updatedAt,
      }
      const writes: Write[] = [
        ...sessions.map((session) => ({ put: 'sessions', row: session }) as const),
        { put: 'clients', row },
      ]
      return { writes, result: sessions[0] as SessionRow }
    },
  }
}
