import type { ChangeRow, UserRow } from '../../storage/rows.ts'
import { noMetadata } from '../metadata/metadata.ts'
import { changedFields } from './changed-fields.ts'
import { metadataChanges } from './metadata-change.ts'

/** What a change made of a user. */
export type Difference = Pick<ChangeRow, 'fields' | 'metadata'>

/** Finds what differs: all that is set, of a user who is new; nothing, of one who is gone. */
export function differenceOf(before: UserRow | undefined, after: UserRow | undefined): Difference {
  if (!after) return { fields: [], metadata: {} }
  const metadata = metadataChanges(before?.metadata ?? noMetadata, after.metadata)
  return { fields: changedFields(before, after, metadata), metadata }
}
