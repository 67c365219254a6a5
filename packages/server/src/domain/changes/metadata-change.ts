import { applyMergePatch, type JsonObject, type Kind, kinds, makeMergePatch } from '@acme/schema'
import type { ChangeRow, MetadataChange, MetadataStep } from '../../storage/rows.ts'
import type { AllMetadata } from '../metadata/metadata.ts'

/** What makes one state of the metadata from another, and back, of each kind that differs. */
export function metadataChanges(before: AllMetadata, after: AllMetadata): ChangeRow['metadata'] {
  const changes: Partial<Record<Kind, MetadataChange>> = {}
  for (const kind of kinds) {
    if (before[kind] === after[kind]) continue
    const forward = stepBetween(before[kind], after[kind])
    if ('merge' in forward && Object.keys(forward.merge).length === 0) continue
    changes[kind] = { forward, backward: stepBetween(after[kind], before[kind]) }
  }
  return changes
}

function stepBetween(from: JsonObject, to: JsonObject): MetadataStep {
  try {
    return { merge: makeMergePatch(from, to) }
  } catch {
    // A null inside an object, which a merge patch deletes instead of setting it.
    return { replace: to }
  }
}

/** The metadata after a change, from that before it. */
export function stepForward(metadata: AllMetadata, change: Pick<ChangeRow, 'metadata'>): AllMetadata {
  return take(metadata, change, 'forward')
}

/** The metadata before a change, from that after it. */
export function stepBack(metadata: AllMetadata, change: Pick<ChangeRow, 'metadata'>): AllMetadata {
  return take(metadata, change, 'backward')
}

function take(
  metadata: AllMetadata,
  { metadata: changes }: Pick<ChangeRow, 'metadata'>,
  way: keyof MetadataChange,
): AllMetadata {
  const next: Record<Kind, JsonObject> = { ...metadata }
  for (const kind of kinds) {
    const step = changes[kind]?.[way]
    if (step) next[kind] = 'replace' in step ? step.replace : applyMergePatch(next[kind], step.merge)
  }
  return next
}
