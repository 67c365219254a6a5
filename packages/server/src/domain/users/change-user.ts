import type { Actor, SessionRow, UserRow } from '../../storage/rows.ts'
import type { Key, Snapshot, Transaction, Write } from '../../storage/storage.ts'
import { countChange } from '../changes/count-change.ts'
import { differenceOf } from '../changes/difference.ts'
import { recordChange } from '../changes/record-change.ts'
import type { ChangingDeps } from '../deps.ts'
import { notFound } from '../fault.ts'
import { admitChange, admitNew, type ChangedUser, type MakeChange, migratedKey } from '../metadata/admit-change.ts'
import { holderKeys, keepIndexed, releaseHeld, setMetadata } from '../metadata/indexes/holders.ts'
import { activeSchemas } from '../metadata/metadata-schemas.ts'
import { activeWebhooks } from '../webhooks/active-webhooks.ts'
import { whomToTell } from '../webhooks/whom-to-tell.ts'

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
  /** What it sets of the metadata, by the names of the wire: whole, or as merge patches. */
  readonly metadata?: { readonly [param: string]: unknown } | undefined
  change(user: UserRow, rows: Parameters<Transaction<UserRow>['decide']>[0]): ChangedUser
  /** Judges it. @default by the schemas that are enforced */
  readonly admit?: ((rows: Snapshot, before: UserRow, make: MakeChange) => ChangedUser) | undefined
}

/** Writes a user who is new. The transaction must have named {@link holderKeys} of their metadata. */
export function addUser(deps: ChangingDeps, actor: Actor, rows: Snapshot, added: UserRow): Write[] {
  const { user, writes } = keepIndexed(rows, undefined, added)
  const told = tell(deps, actor, rows, undefined, user)
  return [{ put: 'users', row: told.user }, ...writes, ...admitNew(deps, rows, user), ...told.writes]
}

/**
 * The one way a user changes: the version is compared and rises, and so does the time, by which other processes learn of
 * it; what changed is noted, and by whom.
 */
export function changeUser(
  deps: ChangingDeps,
  actor: Actor,
  id: string,
  ifMatch: Precondition,
  { reads, metadata, change, admit = (...made) => admitChange(deps, ...made) }: Change,
): Transaction<UserRow> {
  return {
    reads: [userKey(id), activeSchemas, activeWebhooks, ...reads],
    follow(rows) {
      const isMigrating = rows.get(activeSchemas.collection, activeSchemas.id)?.migration !== undefined
      const held = holderKeys(rows, setMetadata(metadata ?? {}), rows.get('users', id))
      return isMigrating ? [...held, migratedKey(id)] : held
    },
    decide(rows) {
      const before = currentUser(rows.get('users', id), id, ifMatch)
      const { user, writes } = admit(rows, before, (one) => change(one, rows))
      const updatedAt = Math.max(deps.clock(), before.updatedAt + 1)
      const kept = keepIndexed(rows, before, { ...user, version: before.version + 1, updatedAt })
      const told = tell(deps, actor, rows, before, kept.user)
      const row = told.user
      return { writes: [{ put: 'users', row }, ...kept.writes, ...told.writes, ...writes], result: row }
    },
  }
}

/** Writes down what a change made of a user, and for whom it is to be sent; gives the user with what is kept of that. */
function tell(
  deps: ChangingDeps,
  actor: Actor,
  rows: Snapshot,
  before: UserRow | undefined,
  after: UserRow,
): { readonly user: UserRow; readonly writes: readonly Write[] } {
  const difference = differenceOf(before, after)
  const { lifetime, size } = deps.history
  const counted = lifetime > 0 ? countChange(before?.history, after.version, difference, size) : undefined
  return {
    user: counted ? { ...after, history: counted.mark } : after,
    writes: recordChange(
      deps,
      actor,
      before,
      after,
      difference,
      whomToTell(rows, before, after),
      counted?.forgetBefore,
    ),
  }
}

/** Deletes a user, and what is kept of their changes. */
export function removeUser(deps: ChangingDeps, actor: Actor, rows: Snapshot, user: UserRow): Write[] {
  const untold = whomToTell(rows, user, undefined)
  return [
    ...recordChange(deps, actor, user, undefined, differenceOf(user, undefined), untold),
    // Endpoints that are gone by now may have been told of them, too.
    { forgetDeliveriesOf: user.id, before: user.version + 1 },
    ...releaseHeld(user),
    { delete: 'users', id: user.id },
    { delete: 'migratedUsers', id: user.id },
  ]
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

/** Which sessions of a user end. */
export interface Ending {
  /** Those that were found before the transaction, which names them. */
  readonly listed: readonly SessionRow[]
  /** The one that goes on. */
  readonly but?: string | undefined
}

/** Ends the sessions of a user that are not over yet, also those that began since they were listed. */
export function endSessions(deps: ChangingDeps, rows: Snapshot, user: UserRow, { listed, but }: Ending): Write[] {
  return [...sessionsOf(rows, user, listed)]
    .filter(({ id, status }) => id !== but && status === 'active')
    .map((session) => ({ put: 'sessions', row: { ...session, status: 'revoked', updatedAt: deps.clock() } }))
}

/** Begins with the latest: what comes before one that was listed was there then, too. */
function* sessionsOf(rows: Snapshot, user: UserRow, listed: readonly SessionRow[]): Generator<SessionRow> {
  const known = new Set(listed.map(({ id }) => id))
  for (let id = user.latestSessionId; id !== undefined && !known.has(id); ) {
    const since: SessionRow | undefined = rows.get('sessions', id)
    if (since) yield since
    id = since?.previousSessionId
  }
  for (const { id } of listed) {
    const session = rows.get('sessions', id)
    if (session) yield session
  }
}

/** Names a user in a transaction. */
export function userKey(id: string): Key {
  return { collection: 'users', id }
}

/** Names a session in a transaction. */
export function sessionKey({ id }: SessionRow): Key {
  return { collection: 'sessions', id }
}
