import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import {
  canRead,
  type JsonObject,
  type Kind,
  kinds,
  type LooseJson,
  type MetadataDefinition,
  makeMergePatch,
  metadataField,
  metadataParam,
  toMetadata,
} from '@acme/schema'
import type { Migration } from '@acme/schema/migration'
import type { JobJson, MigrationNextJson } from '@acme/schema/wire'
import { BackendRefusal, type CallBackend, connectBackend } from './connect-backend.ts'
import { loadModule } from './load-module.ts'
import { type Direction, fitsDefinition, type MigrationFailure, migrateOne, newFormOf } from './migrate-users.ts'
import { persistentCall } from './persistent-call.ts'
import { count, createProgress, type Progress } from './progress.ts'
import { toJsonSchema } from './to-json-schema.ts'
import { isJobOver } from './wait-for-job.ts'

/** What `schema migrate --help` prints. */
export const migrateHelp = `acme-server schema migrate: bring the metadata of all users to another form

  schema migrate <file>      run the migration that a module exports (defineMigration), or go on with it

  --down                     take it back, by its inverse; those whom nobody wrote since become what they were
  --dry-run                  change nothing: print counts, what changes of the first ten, and every failure
  --show-private             dry run: print private metadata, too
  --allow-large-claims       take claims that can outgrow a token; what has no room is left out of it
  --concurrency <number>     how many users are written at once (default 16, at most 64)
  --data <directory>         where the keys are (default .acme), unless ACME_API_URL and ACME_SECRET_KEY are set

It may be stopped at any moment, and goes on when it is run again; each user is migrated once. The new schemas are enforced
when the last user is through, and the indexes, unique paths and claims that are declared with them; both are taken
meanwhile.
`

const options = {
  down: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
  'show-private': { type: 'boolean', default: false },
  'allow-large-claims': { type: 'boolean', default: false },
  concurrency: { type: 'string', default: '16' },
  data: { type: 'string', default: '.acme' },
  help: { type: 'boolean', default: false },
} as const

type AnyMigration = Migration<MetadataDefinition, MetadataDefinition>

/**
 * Runs `schema migrate …` against a running server and gives what to print.
 *
 * @throws Error for a wrong command line, a module without a migration, users who could not be migrated, or what the
 * server refuses
 */
export async function runMigrateCommand(args: readonly string[]): Promise<string> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options })
  const [file, ...rest] = positionals
  if (values.help) return migrateHelp
  if (file === undefined || rest.length > 0) throw new TypeError(`schema migrate takes one module\n\n${migrateHelp}`)
  if (!/^[1-9]\d?$/.test(values.concurrency) || Number(values.concurrency) > 64) {
    throw new TypeError('--concurrency takes a number from 1 to 64')
  }
  const { path, module } = await loadModule(file)
  const migration = (module as { default?: Partial<AnyMigration> }).default
  if (!migration?.name || !migration.from || !migration.to || !migration.up) {
    throw new Error(`${file} has no migration as its default export: export default defineMigration({ … })`)
  }
  const direction = directionOf(migration as AnyMigration, values.down)
  const call = persistentCall(await connectBackend(values.data))
  if (values['dry-run']) return dryRun(call, direction, values['show-private'])
  const asked = {
    name: migration.name,
    direction: values.down ? 'down' : 'up',
    from: schemasOf(direction.from, path),
    to: schemasOf(direction.to, path),
    // A definition that declares nothing leaves what there is.
    ...(Object.keys(direction.to.options).length > 0 && { options: direction.to.options }),
    ...(values['allow-large-claims'] && { allow_large_claims: true }),
  }
  const job = (await call('POST', '/v1/metadata_migrations', asked)) as unknown as JobJson
  return migrate(call, job, direction, Number(values.concurrency), () => call('POST', '/v1/metadata_migrations', asked))
}

function directionOf({ from, to, up, down, name }: AnyMigration, isDown: boolean): Direction {
  if (!isDown) return { from, to, change: (user) => up(user as never) }
  if (!down) throw new Error(`the migration ${name} has no down`)
  return { from: to, to: from, change: (user) => down(user as never) }
}

function schemasOf({ schemas }: MetadataDefinition, path: string): object {
  return Object.fromEntries(
    kinds.flatMap((kind) => (schemas[kind] ? [[kind, toJsonSchema(schemas[kind], path)] as const] : [])),
  )
}

/** Takes all users through, as often as it takes, until the server finds that all are. */
async function migrate(
  call: CallBackend,
  job: JobJson,
  direction: Direction,
  concurrency: number,
  reopen: () => Promise<JsonObject>,
): Promise<string> {
  const progress = createProgress(`migrating ${job.name}`)
  try {
    let state = job
    while (!isJobOver(state)) {
      if (state.result['phase'] === 'open') {
        const failures = await migrateAll(call, job.id, direction, concurrency, progress)
        if (failures.length > 0) {
          // Both forms are taken while it is mended.
          await reopen()
          throw new Error(describeFailures(failures))
        }
        await finish(call, job.id)
      }
      await setTimeout(20)
      state = (await call('GET', `/v1/jobs/${job.id}`)) as unknown as JobJson
      showProgress(progress, state)
    }
    if (state.status !== 'done')
      throw new Error(`${job.id} ${state.status}${state.error ? `: ${state.error.message}` : ''}`)
    return `${job.name} is done: ${count(state.progress.done)} users have the new form, which is enforced.\n`
  } finally {
    progress.end()
  }
}

/** Has the server look at all users; that it did so already, and the answer was lost, is no refusal. */
async function finish(call: CallBackend, jobId: string): Promise<void> {
  try {
    await call('POST', `/v1/metadata_migrations/${jobId}/finish`, {})
  } catch (error) {
    if (!(error instanceof BackendRefusal) || error.status !== 409) throw error
    if (!isJobOver((await call('GET', `/v1/jobs/${jobId}`)) as unknown as JobJson)) throw error
  }
}

/** Takes all users through who are not yet; gives those who could not be. */
async function migrateAll(
  call: CallBackend,
  jobId: string,
  direction: Direction,
  concurrency: number,
  progress: Progress,
): Promise<readonly MigrationFailure[]> {
  const failures: MigrationFailure[] = []
  const ask = async (body: object) =>
    (await call('POST', `/v1/metadata_migrations/${jobId}/next`, body)) as unknown as MigrationNextJson
  let next = await ask({})
  for (;;) {
    showProgress(progress, next.job)
    const left = [...next.data]
    const work = async () => {
      for (let one = left.shift(); one; one = left.shift()) {
        const { id } = one.user
        await migrateOne(call, jobId, one, direction).catch((error: Error) => {
          failures.push({ userId: id, reason: error.message })
        })
      }
    }
    await Promise.all(Array.from({ length: concurrency }, work))
    if (!next.has_more) return failures
    // Whoever goes on later begins before the first who failed.
    next = await ask(failures.length > 0 ? { after: next.position } : { through: next.position })
  }
}

function showProgress(progress: Progress, { progress: { done, total } }: JobJson): void {
  progress.show(done, total ? Math.min(1, done / total) : undefined)
}

/** How many failures are told one by one when users are written. */
const maxTold = 100

function describeFailures(failures: readonly MigrationFailure[]): string {
  const lines = failures.slice(0, maxTold).map(({ userId, reason }) => `  ${userId}  ${reason}\n`)
  const more =
    failures.length > maxTold ? `  and ${count(failures.length - maxTold)} more; --dry-run tells of each\n` : ''
  return `${count(failures.length)} users could not be migrated; run it again when that is mended.\n${lines.join('')}${more}`
}

const pageSize = 500
const maxDiffs = 10

/** Makes the new form of all users, and tells of it. */
async function dryRun(call: CallBackend, direction: Direction, showsPrivate: boolean): Promise<string> {
  const progress = createProgress('trying')
  const counts = { users: 0, changed: 0, unchanged: 0, new: 0 }
  const diffs: string[] = []
  const failures: MigrationFailure[] = []
  let after: string | undefined
  for (;;) {
    const query = after === undefined ? `?limit=${pageSize}` : `?limit=${pageSize}&starting_after=${after}`
    const page = (await call('GET', `/v1/users${query}`)) as unknown as LooseJson[]
    for (const user of page) {
      counts.users++
      const id = String(user['id'])
      try {
        if ((await fitsDefinition(user, direction.to)) && !(await fitsDefinition(user, direction.from))) {
          counts.new++
          continue
        }
        const diff = describeDiff(user, await newFormOf(user, direction), showsPrivate)
        if (diff === '') counts.unchanged++
        else counts.changed++
        if (diff !== '' && diffs.length < maxDiffs) diffs.push(`  ${id}\n${diff}`)
      } catch (error) {
        failures.push({ userId: id, reason: (error as Error).message })
      }
    }
    progress.show(counts.users)
    after = page.at(-1)?.['id'] as string | undefined
    if (page.length < pageSize) break
  }
  progress.end()
  const told = failures.map(({ userId, reason }) => `  ${userId}  ${reason}\n`).join('')
  return (
    `${count(counts.users)} users: ${count(counts.changed)} would change, ${count(counts.unchanged)} would not, ` +
    `${count(counts.new)} have the new form, ${count(failures.length)} would fail. Nothing was changed.\n` +
    (diffs.length > 0 ? `\nThe first ${diffs.length} who would change:\n${diffs.join('')}` : '') +
    (failures.length > 0 ? `\nWho would fail:\n${told}` : '')
  )
}

/** What changes of a user, as a merge patch for each kind; empty where nothing does. */
function describeDiff(user: LooseJson, made: Record<string, JsonObject>, showsPrivate: boolean): string {
  const stored = toMetadata(user, 'backend')
  const lines = kinds.map((kind) => {
    const before = stored[metadataField(kind)] ?? {}
    const after = made[metadataParam(kind)] ?? before
    const step = patchOf(before, after)
    const members = Object.keys(step).length
    if (members === 0) return ''
    return `    ${metadataParam(kind)} ${isHidden(kind, showsPrivate) ? `${members} members (--show-private shows them)` : JSON.stringify(step)}\n`
  })
  return lines.join('')
}

/** What no page may read is not printed either, unless it is asked for. */
function isHidden(kind: Kind, showsPrivate: boolean): boolean {
  return !showsPrivate && !canRead('frontend', kind)
}

function patchOf(before: JsonObject, after: JsonObject): JsonObject {
  try {
    return makeMergePatch(before, after)
  } catch {
    // A null inside an object, which a patch cannot set.
    return after
  }
}
