import { type Kind, kinds, metadataParam } from '@acme/schema'
import type { Actor, UserRow } from '../../storage/rows.ts'
import type { Transaction } from '../../storage/storage.ts'
import type { Deps } from '../deps.ts'
import { changeMetadata } from '../metadata/metadata.ts'
import { changeUser, type Precondition } from '../users/change-user.ts'
import { findVersion } from './find-version.ts'
import { metadataChanges } from './metadata-change.ts'

/**
 * Plans to set metadata to what it was: a change like any other, judged by today's rules. A kind that is as it was is
 * not set, so that it is not judged either.
 */
export async function restoreMetadata(
  deps: Deps,
  actor: Actor,
  id: string,
  version: number,
  wanted: readonly Kind[] | undefined,
  ifMatch: Precondition,
): Promise<Transaction<UserRow>> {
  const earlier = await findVersion(deps, id, version)
  return changeUser(deps, actor, id, ifMatch, {
    reads: [],
    metadata: Object.fromEntries(kinds.map((kind) => [metadataParam(kind), earlier.metadata[kind]])),
    change(user) {
      const differs = metadataChanges(user.metadata, earlier.metadata)
      const params = (wanted ?? kinds)
        .filter((kind) => differs[kind])
        .map((kind) => [metadataParam(kind), earlier.metadata[kind]] as const)
      const metadata = changeMetadata(user.metadata, Object.fromEntries(params), 'replace')
      return { user: { ...user, metadata }, writes: [] }
    },
  })
}
