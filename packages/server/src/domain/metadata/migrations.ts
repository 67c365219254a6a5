import { kinds } from '@acme/schema'
import type { MigrateUserBody, MigrationBody, MigrationNextBody, MigrationPosition } from '@acme/schema/wire'
import type {
  Actor,
  JobRow,
  MetadataSchemasRow,
  MigratedUserRow,
  MigrationUnderWay,
  UserRow,
} from '../../storage/rows.ts'
import type { Key, Snapshot, Transaction, Write } from '../../storage/storage.ts'
import type { Deps } from '../deps.ts'
import { type Fault, fault, notFound } from '../fault.ts'
import { ended } from '../jobs/end-job.ts'
import type { JobKind, JobStep } from '../jobs/job-kind.ts'
import { allJobs, jobKey } from '../jobs/job-list.ts'
import { addJob } from '../jobs/open-job.ts'
import { walkUsers } from '../jobs/walk-users.ts'
import { changeUser, type Precondition } from '../users/change-user.ts'
import { migratedKey, noteMigrated, pick } from './admit-change.ts'
import { fingerprint } from './fingerprint.ts'
import { changeMetadata } from './metadata.ts'
import { activeSchemas, assertFits, type JsonSchemas, rulesOf } from './metadata-schemas.ts'
import { assertNonePending, enforced, noSchemas } from './push-schemas.ts'

/**
 * A migration of the metadata of all users: whoever has the app's code takes the users from here, and gives each back as
 * the code makes them. That a user is through is written in the transaction that changes them, so that each is migrated once,
 * whatever ends in between. When the last is through, this server looks at all of them, takes only the new form meanwhile,
 * and enforces the new schemas in the end.
 */
export const migrationKind: JobKind = {
  kind: 'metadata_migration',
  isDriven: ({ result }) => result['phase'] !== 'closing',
  async step(deps: Deps, job: JobRow): Promise<JobStep> {
    const { users, progress } = await walkUsers(deps, job)
    const keys = users.map(({ id }) => migratedKey(id))
    return {
      reads: [activeSchemas, versionKey(job), allJobs, ...keys],
      decide(rows, { result }) {
        const left = keys.filter(({ collection, id }) => rows.get(collection, id)?.jobId !== job.id).length
        const before = Number(result['left'] ?? 0)
        const after = { ...progress, result: { ...result, left: before + left } }
        if (!progress.isLast) return after
        const active = rows.get(activeSchemas.collection, activeSchemas.id)
        const row = rows.get('metadataSchemas', versionKey(job).id)
        if (active?.migration?.jobId !== job.id || !row) throw notUnderWay(job.id)
        // Who was created while it went on, or written in the old form again before it began: once more through them.
        if (before + left > 0) {
          return { ...after, ...beginning, isLast: false, result: { ...after.result, phase: 'open' } }
        }
        const { migration: _, ...rest } = active
        const { writes } = enforced(deps, rows, rest, row)
        return { ...after, result: { ...after.result, phase: 'done' }, writes }
      },
    }
  },
  undo: (job) => ({
    reads: [activeSchemas],
    decide(rows) {
      if (job.startedAt !== null) throw begun(job)
      return withdraw(rows, job.id)
    },
  }),
}

const beginning = { cursor: null, done: 0 } as const

/**
 * Plans to begin a migration, or to go on with the one that was begun. One that takes back another begins where that has
 * come to.
 *
 * @throws Fault 409 or 429
 */
export function beginMigration(deps: Deps, body: MigrationBody): Transaction<JobRow> {
  const { name, direction, from, to, options } = body
  return {
    reads: [activeSchemas, allJobs],
    decide(rows) {
      const active = rows.get(activeSchemas.collection, activeSchemas.id) ?? noSchemas
      const { migration, ...rest } = active
      if (migration?.name === name && migration.direction === direction) {
        const isAlike = isSame(migration.from, from) && isSame(migration.to, to)
        if (!isAlike || !isSame(migration.options ?? {}, options ?? {})) throw otherSchemas(name)
        return resume(rows, active, migration)
      }
      if (migration?.name !== name) assertNonePending(active)
      const isDone = active.migratedBy?.name === name
      if (!migration && isDone && active.migratedBy?.direction === direction) throw done(name)
      if (!migration && active.version > 0 && !isSame(active.schemas, from)) throw otherSchemas(name)
      const undoes = migration
        ? { jobId: migration.jobId, isDone: false }
        : direction === 'down' && isDone && active.migratedBy
          ? { jobId: active.migratedBy.jobId, isDone: true }
          : undefined
      const version = migration ? migration.version + 1 : active.latest + 1
      const job = addJob(deps, rows, {
        kind: migrationKind.kind,
        name: direction === 'up' ? name : `${name} --down`,
        input: { version },
      })
      const row = { ...job.row, result: { direction, phase: 'open' } }
      const begun: MigrationUnderWay = {
        jobId: row.id,
        name,
        direction,
        from,
        to,
        ...(options && { options }),
        version,
        isClosing: false,
        ...(undoes && { undoes }),
      }
      const { jobId } = begun
      const next: MetadataSchemasRow = {
        ...pushedOf(rest),
        id: String(version),
        version,
        latest: version,
        schemas: to,
        ...(options && { options }),
        migratedBy: { jobId, name, direction },
        createdAt: deps.clock(),
      }
      const stopped = migration && rows.get('jobs', migration.jobId)
      return {
        writes: [
          ...job.writes,
          { put: 'jobs', row },
          { put: 'metadataSchemas', row: next },
          { put: 'metadataSchemas', row: { ...rest, migration: begun } },
          ...(stopped ? [{ put: 'jobs', row: ended(stopped, 'cancelled', deps.clock()) } as const] : []),
          ...(migration ? [{ delete: 'metadataSchemas', id: String(migration.version) } as const] : []),
        ],
        result: row,
      }
    },
  }
}

/** Takes both forms again, from where it was; while the last look at all goes on, it is left to it. */
function resume(rows: Snapshot, active: MetadataSchemasRow, migration: MigrationUnderWay) {
  const job = rows.get('jobs', migration.jobId)
  if (!job) throw notUnderWay(migration.jobId)
  if (job.result['phase'] === 'closing') return { writes: [], result: job }
  const row: MetadataSchemasRow = { ...active, migration: { ...migration, isClosing: false } }
  const writes: readonly Write[] = migration.isClosing ? [{ put: 'metadataSchemas', row }] : []
  return { writes, result: job }
}

/** A user who is to be migrated. */
export interface UserToMigrate {
  readonly user: UserRow
  /** By the app's code; to what they were, which is known; or not at all, since they have the form already. */
  readonly by: 'function' | 'before' | 'none'
  readonly before?: MigratedUserRow['before'] | undefined
}

/** Some of the users who are to be migrated, and the place after them. */
export interface UsersToMigrate {
  readonly job: JobRow
  readonly users: readonly UserToMigrate[]
  readonly position: MigrationPosition
  readonly hasMore: boolean
}

/** How many users are looked at for a reply, and how many are given. */
const mostLooked = 3_000
const mostGiven = 100
const pageSize = 300

/**
 * Gives the users who come next; notes first, where it is said so, that all up to a place are through.
 *
 * @throws Fault 404 or 409
 */
export async function nextUsers(
  deps: Deps,
  jobId: string,
  { through, after: start }: MigrationNextBody,
): Promise<UsersToMigrate> {
  const begun = await deps.storage.find('jobs', jobId)
  const total = begun?.total ?? (await deps.storage.countUsers({}))
  const job = await deps.storage.transact(noteThrough(deps, jobId, through, total))
  const active = await deps.storage.find(activeSchemas.collection, activeSchemas.id)
  if (active?.migration?.jobId !== jobId) throw notUnderWay(jobId)
  const { undoes } = active.migration
  const found: UserToMigrate[] = []
  let position = start ?? ((job.cursor ?? undefined) as unknown as MigrationPosition | undefined)
  let looked = 0
  let hasMore = true
  while (hasMore && found.length < mostGiven && looked < mostLooked) {
    const query = { filter: {}, orderBy: 'created_at', direction: 'ascending', limit: pageSize, offset: 0 } as const
    const after = position && ({ id: position.id, createdAt: position.created_at } as UserRow)
    const users = await deps.storage.listUsers({ ...query, after })
    const keys = users.map(({ id }) => migratedKey(id))
    const known = await deps.storage.transact({
      reads: keys,
      decide: (rows) => ({ writes: [], result: keys.map(({ collection, id }) => rows.get(collection, id)) }),
    })
    hasMore = users.length === pageSize
    for (const [index, user] of users.entries()) {
      if (found.length >= mostGiven) {
        hasMore = true
        break
      }
      looked++
      position = { created_at: user.createdAt, id: user.id, done: (position?.done ?? 0) + 1 }
      const row = known[index]
      if (row?.jobId === jobId) continue
      const isUndone = row !== undefined && row.jobId === undoes?.jobId
      if (undoes && !undoes.isDone && !isUndone) found.push({ user, by: 'none' })
      else if (isUndone && isAsMade(row, user)) found.push({ user, by: 'before', before: row.before })
      else found.push({ user, by: 'function' })
    }
  }
  return { job, users: found, position: position ?? { created_at: 0, id: '', done: 0 }, hasMore }
}

/** Whether nobody has written since what a migration made of a user. */
function isAsMade({ before, made }: MigratedUserRow, { metadata }: UserRow): boolean {
  return (
    before !== null && made !== null && kinds.every((kind) => !made[kind] || made[kind] === fingerprint(metadata[kind]))
  )
}

/** Plans to note that all users before a place are through, or wait for another round. */
function noteThrough(
  deps: Deps,
  jobId: string,
  through: MigrationPosition | undefined,
  total: number,
): Transaction<JobRow> {
  return {
    reads: [jobKey(jobId), activeSchemas],
    decide(rows) {
      const job = assertUnderWay(rows, jobId)
      const { cursor } = job
      const reached = Number((cursor as unknown as MigrationPosition | null)?.done ?? 0)
      const isFurther = through !== undefined && through.done > reached
      if (!isFurther && job.startedAt !== null) return { writes: [], result: job }
      const now = deps.clock()
      const row: JobRow = {
        ...job,
        status: 'running',
        startedAt: job.startedAt ?? now,
        updatedAt: now,
        total: Math.max(total, through?.done ?? 0),
        ...(isFurther && { cursor: { ...through }, done: through.done }),
      }
      return { writes: [{ put: 'jobs', row }], result: row }
    },
  }
}

/**
 * Plans to give a user the form that a migration makes of them: a conditional change like any other, but judged by the
 * new schemas alone. One who is through already is left as they are.
 *
 * @throws Fault 404 or 409, VersionConflict, MetadataInvalidError or MetadataTooLargeError
 */
export function migrateUser(
  deps: Deps,
  actor: Actor,
  jobId: string,
  userId: string,
  body: MigrateUserBody,
  ifMatch: Precondition,
): Transaction<UserRow> {
  const key = migratedKey(userId)
  const plan = (name: string) =>
    changeUser(deps, { ...actor, migration: name }, userId, ifMatch, {
      reads: [],
      metadata: body,
      change: (user) => ({ user: { ...user, metadata: changeMetadata(user.metadata, body, 'replace') }, writes: [] }),
      admit(rows, before, make) {
        const made = make(before)
        const active = rows.get(activeSchemas.collection, activeSchemas.id)
        const { to } = active ? rulesOf(deps, active) : {}
        if (!active?.migration || !to) throw notUnderWay(jobId)
        assertFits(to, made.user.metadata)
        const changed = kinds.filter((kind) => !isSame(made.user.metadata[kind], before.metadata[kind]))
        const prints = changed.map((kind) => [kind, fingerprint(made.user.metadata[kind])])
        const facts = { before: pick(before.metadata, changed), made: Object.fromEntries(prints) }
        return { ...made, writes: [noteMigrated(deps, active.migration, userId, facts)] }
      },
    })
  return {
    reads: [...plan('').reads, key],
    follow: (rows) => plan('').follow?.(rows) ?? [],
    decide(rows) {
      const active = rows.get(activeSchemas.collection, activeSchemas.id)
      if (active?.migration?.jobId !== jobId) throw notUnderWay(jobId)
      const user = rows.get('users', userId)
      if (user && rows.get(key.collection, key.id)?.jobId === jobId) return { writes: [], result: user }
      const decision = plan(active.migration.name).decide(rows)
      const isSameNow = user && kinds.every((kind) => isSame(user.metadata[kind], decision.result.metadata[kind]))
      if (!isSameNow) return decision
      // Nothing changes but what is known of them.
      const writes = decision.writes.filter((write) => 'put' in write && write.put === 'migratedUsers')
      return { writes, result: user }
    },
  }
}

/** Plans to look at all users, and to enforce the new schemas when all have the new form, which alone is taken from now on. */
export function finishMigration(deps: Deps, jobId: string): Transaction<JobRow> {
  return {
    reads: [jobKey(jobId), activeSchemas, allJobs],
    decide(rows) {
      const job = assertUnderWay(rows, jobId)
      const active = rows.get(activeSchemas.collection, activeSchemas.id)
      const list = rows.get(allJobs.collection, allJobs.id)
      if (!active?.migration || !list) throw notUnderWay(jobId)
      if (job.result['phase'] === 'closing') return { writes: [], result: job }
      const { direction } = active.migration
      const now = deps.clock()
      const row: JobRow = {
        ...job,
        ...beginning,
        status: 'running',
        startedAt: job.startedAt ?? now,
        updatedAt: now,
        result: { direction, phase: 'closing', left: 0 },
      }
      return {
        writes: [
          { put: 'jobs', row },
          // As it is: written, it wakes whoever does the jobs.
          { put: 'jobLists', row: list },
          { put: 'metadataSchemas', row: { ...active, migration: { ...active.migration, isClosing: true } } },
        ],
        result: row,
      }
    },
  }
}

function assertUnderWay(rows: Snapshot, jobId: string): JobRow {
  const job = rows.get('jobs', jobId)
  if (!job) throw notFound('migration', jobId)
  if (rows.get(activeSchemas.collection, activeSchemas.id)?.migration?.jobId !== jobId) throw notUnderWay(jobId)
  return job
}

function withdraw(rows: Snapshot, jobId: string): readonly Write[] {
  const active = rows.get(activeSchemas.collection, activeSchemas.id)
  if (active?.migration?.jobId !== jobId) return []
  const { migration, ...rest } = active
  return [
    rest.latest === 0
      ? { delete: activeSchemas.collection, id: activeSchemas.id }
      : { put: activeSchemas.collection, row: rest },
    { delete: 'metadataSchemas', id: String(migration.version) },
  ]
}

/** What was pushed, without how far it is kept. */
function pushedOf({ pending: _, migration: __, indexes: ___, indexJobId: ____, ...rest }: MetadataSchemasRow) {
  return rest
}

function versionKey({ input }: JobRow): Key & { readonly collection: 'metadataSchemas' } {
  return { collection: 'metadataSchemas', id: String(input['version']) }
}

function isSame(a: JsonSchemas | object, b: JsonSchemas | object): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}

function notUnderWay(jobId: string): Fault {
  const long = `The migration ${jobId} is not under way: it is done, or was taken back.`
  return fault(409, 'migration_not_under_way', 'is not under way', long)
}

function begun({ id }: JobRow): Fault {
  const long = `The migration ${id} has begun, and users have different forms: finish it, or take it back by --down.`
  return fault(409, 'migration_begun', 'has begun', long)
}

function done(name: string): Fault {
  return fault(409, 'migration_done', 'is done', `The migration ${name} is done already.`)
}

function otherSchemas(name: string): Fault {
  const long = `The migration ${name} is from other schemas than those that hold. Push those that it is from, or mend it.`
  return fault(409, 'migration_from_other_schemas', 'is from other schemas', long)
}
