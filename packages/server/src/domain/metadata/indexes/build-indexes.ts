import type { JobRow, MetadataIndexRow, MetadataSchemasRow, UserRow } from '../../../storage/rows.ts'
import type { Snapshot, Write } from '../../../storage/storage.ts'
import type { Deps } from '../../deps.ts'
import type { JobKind, JobStep } from '../../jobs/job-kind.ts'
import { walkUsers } from '../../jobs/walk-users.ts'
import { activeSchemas } from '../metadata-schemas.ts'
import { indexJobKind } from './declared-indexes.ts'
import { holderKeysOf, keepIndexed } from './holders.ts'
import { indexPlan } from './index-plan.ts'

/** How many users have a value that another one has, by the paths that are to be unique. */
type Duplicates = Readonly<Record<string, number>>

/** How many users a step takes: a few milliseconds. */
const stepSize = 100

/**
 * Builds the indexes that are declared, and clears those that are no more. Whoever is written from the push on is kept
 * right by the write itself, so that a step leaves alone whom it finds so.
 */
export const indexBuildKind: JobKind = {
  kind: indexJobKind,
  async step(deps: Deps, job: JobRow): Promise<JobStep> {
    const { users, progress } = await walkUsers(deps, job, stepSize)
    const plan = indexPlan(await deps.storage.find(activeSchemas.collection, activeSchemas.id))
    const keys = users.flatMap((user) => holderKeysOf(plan, undefined, user))
    const named = new Set(keys.map(({ id }) => id))
    return {
      reads: [activeSchemas, ...users.map(({ id }) => ({ collection: 'users', id }) as const), ...keys],
      decide(rows) {
        const active = rows.get(activeSchemas.collection, activeSchemas.id)
        // Another push has another job.
        if (active?.indexJobId !== job.id) return { ...progress, isLast: true }
        const stepped = keepUsers(rows, users, named, (job.result['duplicates'] ?? {}) as Duplicates)
        const { writes, duplicates, kept } = stepped
        const result = { duplicates }
        const last = users[kept - 1]
        if (kept < users.length) {
          const cursor = last ? { createdAt: last.createdAt, id: last.id } : job.cursor
          return { ...progress, cursor, done: job.done + kept, isLast: false, writes, result }
        }
        const ending: readonly Write[] = [{ put: 'metadataSchemas', row: built(active, duplicates) }]
        return { ...progress, writes: progress.isLast ? [...writes, ...ending] : writes, result }
      },
    }
  },
}

/** Keeps users in the indexes, as far as nobody was changed since the step was made. */
function keepUsers(rows: Snapshot, users: readonly UserRow[], named: ReadonlySet<string>, before: Duplicates) {
  const plan = indexPlan(rows.get(activeSchemas.collection, activeSchemas.id))
  const taken = new Map<string, string>()
  const seen = withHolders(rows, taken)
  const duplicates: Record<string, number> = { ...before }
  const writes: Write[] = []
  for (const [index, { id }] of users.entries()) {
    const user = rows.get('users', id)
    if (!user) continue
    // What they hold by now was not named.
    if (!holderKeysOf(plan, undefined, user).every((key) => named.has(key.id)))
      return { writes, duplicates, kept: index }
    const kept = keepIndexed(seen, user, user)
    for (const write of kept.writes) if ('put' in write && write.put === 'metadataHolders') taken.set(write.row.id, id)
    if (!isKeptAlike(user, kept.user)) writes.push({ put: 'users', row: kept.user }, ...kept.writes)
    for (const path of plan.unique) if (!kept.user.held?.includes(path)) duplicates[path] = (duplicates[path] ?? 0) + 1
  }
  return { writes, duplicates, kept: users.length }
}

/** The rows with what the step itself has given to somebody. */
function withHolders(rows: Snapshot, taken: ReadonlyMap<string, string>): Snapshot {
  return {
    get(collection, id) {
      const userId = collection === 'metadataHolders' ? taken.get(id) : undefined
      return userId === undefined ? rows.get(collection, id) : ({ id, userId } as never)
    },
  }
}

function isKeptAlike(a: UserRow, b: UserRow): boolean {
  return `${a.indexed}` === `${b.indexed}` && `${a.held}` === `${b.held}`
}

/** The active row once every user is in its indexes. */
function built(active: MetadataSchemasRow, duplicates: Duplicates): MetadataSchemasRow {
  const finished = (index: MetadataIndexRow): MetadataIndexRow => {
    const { path, unique } = index
    if (unique !== 'held') return { ...index, isBuilt: true }
    const count = duplicates[path] ?? 0
    return { path, isBuilt: true, ...(count > 0 ? { unique: 'broken', duplicates: count } : { unique: 'enforced' }) }
  }
  return { ...active, indexes: active.indexes?.map(finished) }
}
