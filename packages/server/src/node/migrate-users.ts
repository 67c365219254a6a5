import {
  type JsonObject,
  kinds,
  type LooseJson,
  type MetadataDefinition,
  metadataField,
  metadataParam,
  toMetadata,
} from '@acme/schema'
import type { MigrationNextJson } from '@acme/schema/wire'
import { BackendRefusal, type CallBackend } from './connect-backend.ts'

/** A user as the Backend API shows them. */
export type MigratingUser = LooseJson & MigrationNextJson['data'][number]['user']

/** One direction of a migration. */
export interface Direction {
  readonly from: MetadataDefinition
  readonly to: MetadataDefinition
  change(user: object): object | Promise<object>
}

/** Why a user could not be migrated: what was thrown, or refused; never a value that the server names. */
export interface MigrationFailure {
  readonly userId: string
  readonly reason: string
}

/**
 * Makes of a user the members of a request that give them the new form: each kind whole that changes.
 *
 * @throws whatever the app's function does; MetadataInvalidError when what it makes does not fit
 */
export async function newFormOf(user: LooseJson, { from, to, change }: Direction): Promise<Record<string, JsonObject>> {
  const stored = toMetadata(user, 'backend')
  const createdAt = new Date(Number(user['created_at']))
  // A copy: the function may change what it is given.
  const given = structuredClone({ ...stored, ...from['~read'](stored) })
  const made = (await change({ id: user['id'], createdAt, ...given })) as Record<string, unknown>
  const encoded = (to['~encode']?.(made, false) ?? made) as Record<string, JsonObject | undefined>
  await to['~check'](encoded)
  const entries = kinds.flatMap((kind) => {
    const value = encoded[metadataField(kind)]
    return value === undefined ? [] : [[metadataParam(kind), value] as const]
  })
  return Object.fromEntries(entries)
}

/** Whether the stored metadata of a user fits a definition. */
export async function fitsDefinition(user: LooseJson, definition: MetadataDefinition): Promise<boolean> {
  const { schemas } = definition
  const stored = toMetadata(user, 'backend')
  for (const kind of kinds) {
    const result = await schemas[kind]?.['~standard'].validate(structuredClone(stored[metadataField(kind)]))
    if (result?.issues) return false
  }
  return true
}

/** How often a user is made anew who is written meanwhile. */
const retries = 50

/** Migrates one user, from the form they have when it is written. @throws whatever is wrong with them */
export async function migrateOne(
  call: CallBackend,
  jobId: string,
  { user, by, before }: MigrationNextJson['data'][number],
  direction: Direction,
): Promise<void> {
  let current = user as MigratingUser
  let way = by
  for (let retry = 0; ; retry++) {
    const body = await bodyOf(current, way, before, direction)
    const headers = { 'if-match': `"${current.version}"` }
    try {
      await call('PUT', `/v1/metadata_migrations/${jobId}/users/${current.id}`, body, headers)
      return
    } catch (error) {
      if (!(error instanceof BackendRefusal)) throw error
      // Gone, and with them what was to be done.
      if (error.status === 404) return
      const { current: fresh } = (error.meta ?? {}) as { current?: MigratingUser }
      if (error.status !== 412 || !fresh || retry >= retries) throw error
      current = fresh
      // What they were is no longer what they would be.
      if (way === 'before') way = 'function'
    }
  }
}

async function bodyOf(
  user: MigratingUser,
  way: MigrationNextJson['data'][number]['by'],
  before: object | null,
  direction: Direction,
): Promise<object> {
  if (way === 'none') return {}
  if (way === 'before' && before) return before
  // Whoever writes the new form already, and fits the old one no more, has it.
  const isNew = (await fitsDefinition(user, direction.to)) && !(await fitsDefinition(user, direction.from))
  return isNew ? {} : newFormOf(user, direction)
}
