import type { Actor, SessionRow, UserRow } from '../../storage/rows.ts'
import type { Key, Snapshot, Transaction, Write } from '../../storage/storage.ts'
import { differenceOf } from '../changes/difference.ts'
import { recordChange } from '../changes/record-change.ts'
import type { Deps } from '../deps.ts'
import { notFound } from '../fault.ts'
import { activeSchemas, assertSchemas } from '../metadata/metadata-schemas.ts'
import { activeWebhooks } from '../webhooks/active-webhooks.ts'
import { webhookWrites } from '../webhooks/webhook-writes.ts'

/** The version that a conditional write asks for: `*` is any. */
export type Precondition = number | '*' | undefined

/** Makes the fault of a condition that does not hold; `current` is what the caller may see of the user. */
export class VersionConflict extends Error {
  override name = 'VersionConflict'
  readonly user: UserRow

  constructor(user: UserRow) {
    super('the user has another version')
    this.user = user
  }
}

/** What a change of a user reads besides the user, and what it makes of them. */
export interface Change {
  readonly reads: readonly Key[]
  change(
    user: UserRow,
    rows: Parameters<Transaction<UserRow>['decide']>[0],
  ): {
    readonly user: UserRow
    readonly writes: readonly Write[]
  }
}

/** Writes a user who is new. */
export function addUser(deps: Deps, actor: Actor, rows: Snapshot, user: UserRow): Write[] {
  return [{ put: 'users', row: user }, ...tell(deps, actor, rows, undefined, user)]
}

/**
 * The one way a user changes: the version is compared and rises, and so does the time, by which other processes learn of
 * it; what changed is noted, and by whom.
 */
export function changeUser(
  deps: Deps,
  actor: Actor,
  id: string,
  ifMatch: Precondition,
  { reads, change }: Change,
): Transaction<UserRow> {
  return {
    reads: [userKey(id), activeSchemas, activeWebhooks, ...reads],
    decide(rows) {
      const before = currentUser(rows.get('users', id), id, ifMatch)
      const { user, writes } = change(before, rows)
      assertSchemas(deps, rows, user.metadata, before.metadata)
      const row = { ...user, version: before.version + 1, updatedAt: Math.max(deps.clock(), before.updatedAt + 1) }
      return { writes: [{ put: 'users', row }, ...tell(deps, actor, rows, before, row), ...writes], result: row }
    },
  }
}

/** Writes down what a change made of a user, and for whom it is to be sent. */
function tell(
  deps: Deps,
  actor: Actor,
  rows: Snapshot,
  before: UserRow | undefined,
  after: UserRow | undefined,
): readonly Write[] {
  const difference = differenceOf(before, after)
  return [
    ...recordChange(deps, actor, before, after, difference),
    ...webhookWrites(deps, rows, before, after, difference),
  ]
}

/** Deletes a user, and what is kept of their changes. */
export function removeUser(deps: Deps, actor: Actor, rows: Snapshot, user: UserRow): Write[] {
  return [...tell(deps, actor, rows, user, undefined), { delete: 'users', id: user.id }]
}

/** Notes that a user signed in, which is no change: their version stays. */
export function noteSignIn(user: UserRow, now: number): { readonly user: UserRow; readonly write: Write } {
  const row: UserRow = { ...user, lastSignInAt: now, lastActiveAt: now }
  return { user: row, write: { put: 'users', row } }
}

/** The user, of the version that is asked for. @throws Fault 404, or VersionConflict */
export function currentUser(user: UserRow | undefined, id: string, ifMatch: Precondition): UserRow {
  if (!user) throw notFound('user', id)
  if (ifMatch !== undefined && ifMatch !== '*' && ifMatch !== user.version) throw new VersionConflict(user)
  return user
}

/** Ends the sessions that are not over yet. */
export function endSessions(deps: Deps, sessions: readonly (SessionRow | undefined)[]): Write[] {
  return sessions
    .filter((session) => session?.status === 'active')
    .map((session) => ({
      put: 'sessions',
      row: { ...(session as SessionRow), status: 'revoked', updatedAt: deps.clock() },
    }))
}

/** Names a user in a transaction. */
export function userKey(id: string): Key {
  return { collection: 'users', id }
}

/** Names a session in a transaction. */
export function sessionKey({ id }: SessionRow): Key {
  return { collection: 'sessions', id }
}
