import { isJsonObject, type Kind, kinds, MetadataInvalidError, metadataParam } from '@acme/schema'
import { keptCharacters, metadataKey, valueAt } from '../../../storage/metadata-key.ts'
import type { UserRow } from '../../../storage/rows.ts'
import type { Key, Snapshot, Write } from '../../../storage/storage.ts'
import { fault } from '../../fault.ts'
import { activeSchemas } from '../metadata-schemas.ts'
import { type IndexPlan, indexPlan } from './index-plan.ts'

type Metadata = UserRow['metadata']

/** The id under which the value at a path is held; undefined for what anybody may have: nothing, null, objects, arrays. */
function holderId(metadata: Metadata, path: string): string | undefined {
  const value = valueAt(metadata, path)
  if (value === undefined || value === null || typeof value === 'object') return undefined
  if (typeof value === 'string' && value.length > keptCharacters) return undefined
  return `${path}=${metadataKey(value)}`
}

function isTooLong(metadata: Metadata, path: string): boolean {
  const value = valueAt(metadata, path)
  return typeof value === 'string' && value.length > keptCharacters
}

/** What of a request sets metadata, as metadata: a value stands in a patch where it will stand in what comes of it. */
export function setMetadata(params: { readonly [param: string]: unknown }): Metadata {
  const set = (kind: Kind) => {
    const value = params[metadataParam(kind)]
    return [kind, isJsonObject(value) ? value : {}] as const
  }
  return Object.fromEntries(kinds.map(set)) as Metadata
}

/** Who may hold what a write sets, and what the user has and is not known to hold: to be read with the write. */
export function holderKeys(rows: Snapshot, set: Metadata, before?: UserRow): readonly HolderKey[] {
  return holderKeysOf(indexPlan(rows.get(activeSchemas.collection, activeSchemas.id)), set, before)
}

type HolderKey = Key & { readonly collection: 'metadataHolders' }

/** The same by what every write keeps. */
export function holderKeysOf({ unique }: IndexPlan, set: Metadata | undefined, before?: UserRow): readonly HolderKey[] {
  const ids = unique.flatMap((path) => [
    set && holderId(set, path),
    ...(before && !before.held?.includes(path) ? [holderId(before.metadata, path)] : []),
  ])
  return [...new Set(ids)].flatMap((id) => (id === undefined ? [] : [{ collection: 'metadataHolders', id } as const]))
}

/** A user as they are written, with what the indexes keep of them, and the writes of who holds what. */
export interface Kept {
  readonly user: UserRow
  readonly writes: readonly Write[]
}

/**
 * Has the indexes keep a user as they are from now on. The transaction must have named {@link holderKeys}.
 *
 * @throws Fault 422 `metadata_not_unique` for a value that another user has; it names the path alone
 */
export function keepIndexed(rows: Snapshot, before: UserRow | undefined, after: UserRow): Kept {
  const plan = indexPlan(rows.get(activeSchemas.collection, activeSchemas.id))
  if (plan.paths.length === 0 && !before?.indexed) return { user: after, writes: [] }
  if (before && isUntouched(plan, before, after)) return { user: after, writes: [] }
  const writes: Write[] = []
  const held: string[] = []
  const kept = new Set<string>()
  for (const path of plan.unique) {
    const id = holderId(after.metadata, path)
    const isSame = before !== undefined && valueAt(before.metadata, path) === valueAt(after.metadata, path)
    if (!isSame && isTooLong(after.metadata, path)) throw tooLong(path)
    if (id !== undefined && !(isSame && before.held?.includes(path))) {
      const holder = rows.get('metadataHolders', id)
      // What they have had is not held against them: whoever builds the index counts it.
      if (holder && holder.userId !== after.id) {
        if (isSame) continue
        throw notUnique(path)
      }
      writes.push({ put: 'metadataHolders', row: { id, userId: after.id } })
    }
    held.push(path)
    if (id !== undefined) kept.add(id)
  }
  const released = before ? heldIds(before).filter((id) => !kept.has(id)) : []
  return {
    user: { ...after, ...(plan.paths.length > 0 ? { indexed: plan.paths, held } : nothing) },
    writes: [...releaseWrites(released), ...writes],
  }
}

/** Whether a change leaves alone what the indexes keep of a user: so do most. */
function isUntouched({ paths, unique }: IndexPlan, before: UserRow, after: UserRow): boolean {
  const { indexed = [], held = [] } = before
  const isSame = (some: readonly string[], others: readonly string[]) =>
    some === others || (some.length === others.length && some.every((path, index) => path === others[index]))
  if (after.indexed !== before.indexed || !isSame(indexed, paths) || !isSame(held, unique)) return false
  return unique.every((path) => valueAt(before.metadata, path) === valueAt(after.metadata, path))
}

const nothing = { indexed: undefined, held: undefined }

/** Lets go of what a user holds. */
export function releaseHeld(user: UserRow): readonly Write[] {
  return releaseWrites(heldIds(user))
}

function releaseWrites(ids: readonly string[]): readonly Write[] {
  return ids.map((id) => ({ delete: 'metadataHolders', id }) as const)
}

function heldIds({ metadata, held = [] }: UserRow): readonly string[] {
  return held.map((path) => holderId(metadata, path)).filter((id) => id !== undefined)
}

function notUnique(path: string) {
  const [kind = '', ...steps] = path.split('.')
  const long = `${path} must be unique, and another user has this value.`
  const meta = { param_name: metadataParam(kind as Kind), path: steps }
  return fault(422, 'metadata_not_unique', 'is not unique', long, meta)
}

function tooLong(path: string): MetadataInvalidError {
  const [kind = '', ...steps] = path.split('.')
  const message = `is too long to be unique: at most ${keptCharacters} characters`
  return new MetadataInvalidError({ kind: kind as Kind, issues: [{ path: steps, message }] })
}
