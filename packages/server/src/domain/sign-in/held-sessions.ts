import type { ClientRow, SessionRow, UserRow } from '../../storage/rows.ts'
import type { Key, Snapshot, Write } from '../../storage/storage.ts'
import type { Deps } from '../deps.ts'

/** How many sessions a client holds at the most: each is shown, with a token of its own, in every reply of its. */
const maxSessions = 10

/** Names the sessions of a client, which a new one may take the place of. */
export function heldKeys(client: ClientRow): Key[] {
  return client.sessionIds.map((id) => ({ collection: 'sessions', id }) as const)
}

/** What a client goes on holding beside a session that begins for a user. */
export interface Held {
  readonly sessionIds: readonly string[]
  /** Ends what it lets go of. */
  readonly writes: readonly Write[]
}

/**
 * Makes room for a session: what is over is let go of, what was the same user's is ended, and so is the oldest where
 * there are too many. `known` is the client as it was when {@link heldKeys} named its sessions.
 */
export function makeRoom(deps: Deps, rows: Snapshot, known: ClientRow, client: ClientRow, user: UserRow): Held {
  const now = deps.clock()
  const sessions = known.sessionIds.map((id) => rows.get('sessions', id))
  const active = sessions.filter((one): one is SessionRow => one?.status === 'active' && one.expireAt > now)
  const kept = active.filter(({ userId }) => userId !== user.id).slice(1 - maxSessions)
  const ids = new Set(kept.map(({ id }) => id))
  return {
    // What began meanwhile was not looked at.
    sessionIds: client.sessionIds.filter((id) => ids.has(id) || !known.sessionIds.includes(id)),
    writes: active
      .filter(({ id }) => !ids.has(id))
      .map((session) => ({ put: 'sessions', row: { ...session, status: 'ended', updatedAt: now } }) as const),
  }
}
