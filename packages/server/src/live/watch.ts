import { isActive } from '../domain/sign-in/clients.ts'
import { overAt, type SessionRow, type UserRow } from '../storage/rows.ts'
import type { Storage, Write } from '../storage/storage.ts'

/** Who is told of a user, and what. */
export interface Watcher {
  /** The user has a newer version. */
  changed(user: UserRow): void
  /** The session is over, or the user gone: nothing more is told. */
  over(): void
}

/** Watches users through the sessions that they are signed in by. */
export interface Watch {
  /** Tells of a user from the version given on; gives the function that ends it. */
  begin(user: UserRow, session: SessionRow, watcher: Watcher): () => void
  /** Whether anybody is watched. */
  isBusy(): boolean
  /** Hears of what was written in this process. */
  hear(writes: readonly Write[]): void
  /** Looks for what other processes wrote, and for sessions that have run out: one question for all that are watched. */
  check(): Promise<void>
}

/** What is known of one who is watched: a version and two marks, no row. */
interface Known {
  readonly watcher: Watcher
  readonly sessionId: string
  /** When the session runs out, in milliseconds since the epoch. */
  readonly expireAt: number
  version: number
  /** What the storage gives as the mark of the user, and of the session, as long as they stay as they are. */
  userMark: number
  sessionMark: number | null
}

/** How many rows are read at once when many have changed. */
const readAtOnce = 100

/** Makes the watch over the users of a storage. */
export function createWatch(storage: Storage, clock: () => number): Watch {
  const watched = new Map<string, Set<Known>>()

  function end(userId: string, known: Known): void {
    const all = watched.get(userId)
    if (all?.delete(known) && all.size === 0) watched.delete(userId)
  }

  function over(userId: string, known: Known): void {
    end(userId, known)
    known.watcher.over()
  }

  function sawUser(userId: string, user: UserRow | undefined): void {
    for (const known of watched.get(userId) ?? []) {
      if (!user) over(userId, known)
      else {
        known.userMark = user.updatedAt
        // Replies of a database may overtake each other.
        if (user.version > known.version) {
          known.version = user.version
          known.watcher.changed(user)
        }
      }
    }
  }

  function sawSession(userId: string, sessionId: string, session: SessionRow | undefined): void {
    for (const known of watched.get(userId) ?? []) {
      if (known.sessionId !== sessionId) continue
      if (isActive({ clock }, session)) known.sessionMark = overAt('sessions', session)
      else over(userId, known)
    }
  }

  async function readChanged(marks: ReadonlyMap<string, number>): Promise<void> {
    const users = new Set<string>()
    const sessions = new Map<string, string>()
    for (const [userId, all] of watched) {
      for (const { userMark, sessionMark, sessionId } of all) {
        if (marks.get(userId) !== userMark) users.add(userId)
        if (marks.get(sessionId) !== sessionMark) sessions.set(sessionId, userId)
      }
    }
    const reads = [
      ...[...sessions].map(
        ([id, userId]) =>
          async () =>
            sawSession(userId, id, await storage.find('sessions', id)),
      ),
      ...[...users].map((id) => async () => sawUser(id, await storage.find('users', id))),
    ]
    for (let start = 0; start < reads.length; start += readAtOnce) {
      await Promise.all(reads.slice(start, start + readAtOnce).map((read) => read()))
    }
  }

  return {
    begin(user, session, watcher) {
      const known: Known = {
        watcher,
        sessionId: session.id,
        expireAt: session.expireAt,
        version: user.version,
        userMark: user.updatedAt,
        sessionMark: overAt('sessions', session),
      }
      const all = watched.get(user.id) ?? new Set()
      watched.set(user.id, all.add(known))
      return () => end(user.id, known)
    },

    isBusy: () => watched.size > 0,

    hear(writes) {
      for (const write of writes) {
        if ('put' in write && write.put === 'users') sawUser(write.row.id, write.row)
        else if ('put' in write && write.put === 'sessions') sawSession(write.row.userId, write.row.id, write.row)
        else if ('delete' in write && write.delete === 'users') sawUser(write.id, undefined)
      }
    },

    async check() {
      const now = clock()
      const sessionIds: string[] = []
      for (const [userId, all] of watched) {
        for (const known of all) {
          if (known.expireAt <= now) over(userId, known)
          else sessionIds.push(known.sessionId)
        }
      }
      if (watched.size > 0) await readChanged(await storage.marksOf([...watched.keys()], sessionIds))
    },
  }
}
