import { type Kind, kinds } from '@acme/schema'
import type { MigratedUserRow, MigrationUnderWay, UserRow } from '../../storage/rows.ts'
import type { Key, Snapshot, Write } from '../../storage/storage.ts'
import type { ChangingDeps, Deps } from '../deps.ts'
import type { AllMetadata } from './metadata.ts'
import { activeSchemas, assertFits, assertSchemas, fits, rulesOf, type Validators } from './metadata-schemas.ts'

/** What a change makes of a user. */
export interface ChangedUser {
  readonly user: UserRow
  readonly writes: readonly Write[]
}

/** A change of a user: a function of the user alone, so that it can be made of another form of their metadata. */
export type MakeChange = (user: UserRow) => ChangedUser

/** For how long it is kept how a user was before a migration, in milliseconds: ninety days. */
const beforeLifetime = 7_776_000_000

/** Names what is known of a user who was migrated. */
export function migratedKey(userId: string): Key & { readonly collection: 'migratedUsers' } {
  return { collection: 'migratedUsers', id: userId }
}

/** Notes that a user has the new form. */
export function noteMigrated(
  deps: Pick<Deps, 'clock'>,
  { jobId }: Pick<MigrationUnderWay, 'jobId'>,
  userId: string,
  facts: Pick<MigratedUserRow, 'before' | 'made'>,
): Write {
  const row: MigratedUserRow = { id: userId, jobId, ...facts, expireAt: deps.clock() + beforeLifetime }
  return { put: 'migratedUsers', row }
}

/**
 * Makes a change of a user and judges it by the schemas that are enforced.
 *
 * While users are migrated, what fits the old or the new schemas is taken, and a user keeps to one form as a whole:
 *
 * - One in the old form who is written in it stays in it, and is migrated later.
 * - One in the new form who is written in it stays in it. What the same write makes of their old form is kept along.
 * - One who as a whole fits the other form after the write has that form from then on: one who is in the old one again is
 *   migrated again.
 * - A change of one in the new form that fits only their old one, a merge by a page of yesterday, is made of that: they are
 *   in the old form again, with all that was written since, and are migrated again.
 *
 * @throws MetadataInvalidError for what fits neither
 */
export function admitChange(deps: ChangingDeps, rows: Snapshot, before: UserRow, make: MakeChange): ChangedUser {
  const row = rows.get(activeSchemas.collection, activeSchemas.id)
  const made = make(before)
  if (!row?.migration) {
    assertSchemas(deps, rows, made.user.metadata, before.metadata)
    return made
  }
  if (kinds.every((kind) => made.user.metadata[kind] === before.metadata[kind])) return made
  const { from, to } = rulesOf(deps, row)
  if (!from || !to) return made
  return admitWhileMigrating(deps, rows, row.migration, { from, to }, before, make, made)
}

function admitWhileMigrating(
  deps: ChangingDeps,
  rows: Snapshot,
  migration: MigrationUnderWay,
  { from, to }: { readonly from: Validators; readonly to: Validators },
  before: UserRow,
  make: MakeChange,
  made: ChangedUser,
): ChangedUser {
  const key = migratedKey(before.id)
  const known = rows.get(key.collection, key.id)
  const isMigrated = known?.jobId === migration.jobId
  const next = made.user.metadata
  const and = (changed: ChangedUser, write: Write): ChangedUser => ({ ...changed, writes: [...changed.writes, write] })
  const migrated = (changed: ChangedUser, facts: Pick<MigratedUserRow, 'before' | 'made'>) =>
    and(changed, noteMigrated(deps, migration, before.id, facts))
  const forget: Write = { delete: key.collection, id: key.id }

  const oldBase = known?.before && { ...before.metadata, ...known.before }
  const old = oldBase && changedForm(make, before, oldBase)
  if (isMigrated) {
    if (fits(to, next, before.metadata)) {
      const isKept = old && fits(from, old.user.metadata, oldBase)
      const isSame = kindsOf(known.made).every((kind) => next[kind] === before.metadata[kind])
      return migrated(made, {
        before: isKept ? pick(old.user.metadata, kindsOf(known.before)) : null,
        made: isSame ? known.made : null,
      })
    }
    if (!migration.isClosing) {
      if (fits(from, next)) return and(made, forget)
      if (old && fits(from, old.user.metadata, oldBase)) return and(old, forget)
    }
    assertFits(to, next, before.metadata)
    return made
  }
  if (!migration.isClosing && fits(from, next, before.metadata)) return made
  if (fits(to, next)) return migrated(made, unknown)
  // One who is to be taken back to the old form, and is written in it.
  const isUndone = known !== undefined && known.jobId === migration.undoes?.jobId
  if (isUndone && old && fits(to, old.user.metadata)) return migrated(old, unknown)
  assertFits(migration.isClosing ? to : from, next, before.metadata)
  return made
}

const unknown = { before: null, made: null } as const

function kindsOf(some: object | null): readonly Kind[] {
  return kinds.filter((kind) => some && kind in some)
}

/** Some kinds of the metadata. */
export function pick(metadata: AllMetadata, some: readonly Kind[]): Partial<AllMetadata> {
  return Object.fromEntries(some.map((kind) => [kind, metadata[kind]]))
}

/** What a change makes of a user in another form; null where it cannot be made of it. */
function changedForm(make: MakeChange, user: UserRow, metadata: AllMetadata): ChangedUser | null {
  try {
    return make({ ...user, metadata })
  } catch {
    return null
  }
}

/** Notes the form of a user who is new: where they fit the new schemas alone, or only these count any more, it is that. */
export function admitNew(deps: ChangingDeps, rows: Snapshot, { id, metadata }: UserRow): readonly Write[] {
  const row = rows.get(activeSchemas.collection, activeSchemas.id)
  if (!row?.migration) return []
  const { from, to } = rulesOf(deps, row)
  const isNew = row.migration.isClosing || (from && to && !fits(from, metadata) && fits(to, metadata))
  return isNew ? [noteMigrated(deps, row.migration, id, unknown)] : []
}
