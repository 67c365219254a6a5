import type { JsonObject } from '@acme/schema'
import type { JobRow, MetadataSchemasRow } from '../../storage/rows.ts'
import type { Key, Snapshot, Transaction, Write } from '../../storage/storage.ts'
import type { Deps } from '../deps.ts'
import { type Fault, fault, notFound } from '../fault.ts'
import type { JobKind, JobStep } from '../jobs/job-kind.ts'
import { allJobs } from '../jobs/job-list.ts'
import { addJob } from '../jobs/open-job.ts'
import { walkUsers } from '../jobs/walk-users.ts'
import { checkOf } from './check-schemas.ts'
import { indexJobKind, needsBuilding, nextIndexes } from './indexes/declared-indexes.ts'
import { activeSchemas, toValidators } from './metadata-schemas.ts'
import { brokenFault, checkUsers } from './schema-check.ts'

/** What is pushed: everything that a version holds besides its number. */
export type PushedSchemas = Omit<
  MetadataSchemasRow,
  'id' | 'version' | 'latest' | 'pending' | 'migration' | 'createdAt' | 'indexes' | 'indexJobId'
>

/** What to enforce: schemas as the next version, or a version there is. */
export type WantedSchemas = { readonly pushed: PushedSchemas } | { readonly version: number }

/** That row before the first push. */
export const noSchemas: MetadataSchemasRow = { id: activeSchemas.id, version: 0, latest: 0, schemas: {}, createdAt: 0 }

/** Plans to enforce schemas at once, whoever breaks them. @throws Fault 404 or 409 */
export function forceSchemas(deps: Deps, wanted: WantedSchemas): Transaction<MetadataSchemasRow> {
  return {
    reads: [...readsOf(wanted), allJobs],
    decide(rows) {
      const { active, row, writes } = take(deps, rows, wanted)
      const { pending: _, ...rest } = active
      const next = enforced(deps, rows, rest, row)
      return { writes: [...writes, ...next.writes], result: next.row }
    },
  }
}

/**
 * Plans to enforce schemas once all users were looked through and none breaks them. Writes are judged by them from now on,
 * beside those that hold: so nothing slips in behind the look.
 *
 * @throws Fault 404, 409 or 429
 */
export function pushSchemas(deps: Deps, wanted: WantedSchemas): Transaction<JobRow> {
  return {
    reads: [...readsOf(wanted), allJobs],
    decide(rows) {
      const { active, row, writes } = take(deps, rows, wanted)
      const { version, schemas } = row
      const job = addJob(deps, rows, { kind: schemaPushKind.kind, name: `version ${version}`, input: { version } })
      const pending = { version, schemas, jobId: job.row.id }
      return {
        writes: [...writes, { put: 'metadataSchemas', row: { ...active, pending } }, ...job.writes],
        result: job.row,
      }
    },
  }
}

/** Looks through all users by schemas that are pushed, and enforces them when none breaks them. */
export const schemaPushKind: JobKind = {
  kind: 'metadata_schemas_push',
  async step(deps: Deps, job: JobRow): Promise<JobStep> {
    const [{ users, progress }, pushed] = await Promise.all([
      walkUsers(deps, job),
      deps.storage.find('metadataSchemas', versionKey(job).id),
    ])
    const check = await checkUsers(checkOf(job), toValidators(pushed?.schemas ?? {}), users)
    const broken = progress.isLast ? brokenFault(check) : undefined
    const [first] = broken?.errors ?? []
    return {
      reads: [activeSchemas, versionKey(job), allJobs],
      decide(rows) {
        const after = { ...progress, result: { ...check, version: job.input['version'] } as unknown as JsonObject }
        if (!progress.isLast) return after
        if (first) {
          const error = { code: first.code, message: first.long_message ?? first.message }
          return { ...after, error, writes: withdraw(rows, job) }
        }
        const active = rows.get(activeSchemas.collection, activeSchemas.id)
        const row = rows.get('metadataSchemas', versionKey(job).id)
        if (active?.pending?.jobId !== job.id || !row) throw notFound('metadata schema version', versionKey(job).id)
        const { pending: _, ...rest } = active
        return { ...after, writes: enforced(deps, rows, rest, row).writes }
      },
    }
  },
  undo: (job: JobRow) => ({
    reads: [activeSchemas, versionKey(job)],
    decide: (rows: Snapshot) => withdraw(rows, job),
  }),
}

function versionKey({ input }: JobRow): Key & { readonly collection: 'metadataSchemas' } {
  return { collection: 'metadataSchemas', id: String(input['version']) }
}

function readsOf(wanted: WantedSchemas): readonly Key[] {
  return 'version' in wanted
    ? [activeSchemas, { collection: 'metadataSchemas', id: String(wanted.version) }]
    : [activeSchemas]
}

/** Finds the version that is wanted, or writes it. */
function take(deps: Deps, rows: Snapshot, wanted: WantedSchemas) {
  const active = rows.get(activeSchemas.collection, activeSchemas.id) ?? noSchemas
  assertNonePending(active)
  if ('version' in wanted) {
    const row = rows.get('metadataSchemas', String(wanted.version))
    if (!row) throw notFound('metadata schema version', String(wanted.version))
    return { active, row, writes: [] }
  }
  const version = active.latest + 1
  const row: MetadataSchemasRow = {
    ...wanted.pushed,
    id: String(version),
    version,
    latest: version,
    createdAt: deps.clock(),
  }
  const writes: readonly Write[] = [{ put: 'metadataSchemas', row }]
  return { active, row, writes }
}

/** Refuses to change what is enforced while another change is under way. @throws Fault 409 */
export function assertNonePending({ pending, migration }: MetadataSchemasRow): void {
  if (pending) throw busy(pending.jobId, 'Other schemas are being pushed')
  if (migration) throw busy(migration.jobId, `The migration ${migration.name} is under way`)
}

function busy(jobId: string, what: string): Fault {
  const long = `${what} (${jobId}). Wait until that is over, or take it back.`
  return fault(409, 'metadata_schemas_busy', 'is busy', long, { job_id: jobId })
}

/** Has a version hold from now on, and the indexes that it declares built. @throws Fault 429 when too much is waiting */
export function enforced(
  deps: Deps,
  rows: Snapshot,
  { latest, indexes: before = [] }: MetadataSchemasRow,
  row: MetadataSchemasRow,
): { readonly row: MetadataSchemasRow; readonly writes: readonly Write[] } {
  const indexes = nextIndexes(before, row.options ?? {})
  const active = { ...row, id: activeSchemas.id, latest: Math.max(latest, row.version), indexes }
  if (!needsBuilding(before, indexes)) return { row: active, writes: [{ put: 'metadataSchemas', row: active }] }
  const job = addJob(deps, rows, { kind: indexJobKind, name: `version ${row.version}`, input: {} })
  const building = { ...active, indexJobId: job.row.id }
  return { row: building, writes: [{ put: 'metadataSchemas', row: building }, ...job.writes] }
}

/** Judges writes by what holds alone, and forgets a version that never came to hold. */
function withdraw(rows: Snapshot, job: JobRow): readonly Write[] {
  const active = rows.get(activeSchemas.collection, activeSchemas.id)
  if (active?.pending?.jobId !== job.id) return []
  const { pending, ...rest } = active
  const isNew = pending.version > rest.latest
  return [
    rest.latest === 0
      ? { delete: activeSchemas.collection, id: activeSchemas.id }
      : { put: activeSchemas.collection, row: rest },
    ...(isNew ? [{ delete: 'metadataSchemas', id: String(pending.version) } as const] : []),
  ]
}
