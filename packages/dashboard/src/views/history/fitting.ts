import { type Kind, kinds, metadataParam } from '@acme/schema'
import type { UserChangeJson } from '@acme/schema/wire'
import { changesOf, type LeafChange, writePath } from '../../parts/leaf-changes.ts'

/** What a change did to one kind of metadata. */
export interface KindChanges {
  readonly kind: Kind
  readonly changes: readonly LeafChange[]
}

/** A change, and what of it is looked for. */
export interface FittingChange {
  readonly change: UserChangeJson
  readonly kinds: readonly KindChanges[]
}

/** Gives a change and what it did at a path such as `public.plan`, or below it; nothing where it did nothing there. */
export function fitting(change: UserChangeJson, path: string): readonly FittingChange[] {
  const sought = path.trim().toLowerCase()
  const all = kinds.flatMap((kind) => {
    const steps = change[metadataParam(kind)]
    return steps ? [{ kind, changes: changesOf(steps) }] : []
  })
  if (sought === '') return [{ change, kinds: all }]
  const found = all
    .map(({ kind, changes }) => ({
      kind,
      changes: changes.filter((one) => isAt(`${kind}.${writePath(one.path)}`, sought)),
    }))
    .filter(({ changes }) => changes.length > 0)
  const isField = change.fields.some((field) => field.includes(sought))
  return found.length > 0 || isField ? [{ change, kinds: isField && found.length === 0 ? all : found }] : []
}

/** Whether a place is one that was typed, lies below it, or begins as far as it was typed; or holds it as a whole. */
function isAt(place: string, sought: string): boolean {
  const here = place.toLowerCase()
  return here.startsWith(sought) || sought.startsWith(`${here}.`)
}
