import type { MetadataIndexJson } from '@acme/schema/wire'
import type { MetadataIndexRow } from '../../../storage/rows.ts'

/** Shows an index. */
export function indexJson({ path, isBuilt, unique, duplicates = 0 }: MetadataIndexRow): MetadataIndexJson {
  return {
    path,
    state: isBuilt ? 'ready' : 'building',
    unique: unique === undefined ? null : unique === 'held' ? 'checking' : unique,
    duplicates,
  }
}
