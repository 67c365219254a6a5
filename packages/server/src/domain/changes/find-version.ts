import { canRead, kinds, metadataParam, type Side } from '@acme/schema'
import type { UserVersionJson } from '@acme/schema/wire'
import type { Deps } from '../deps.ts'
import { fault, notFound } from '../fault.ts'
import type { AllMetadata } from '../metadata/metadata.ts'
import { stepBack } from './metadata-change.ts'

/** The metadata of a user as it was. */
export interface UserVersion {
  readonly userId: string
  readonly version: number
  /** Since when, in milliseconds since the epoch. */
  readonly at: number
  readonly metadata: AllMetadata
}

/** How many changes are read at once. */
const pageSize = 100

/**
 * Goes back from what is stored, change by change, to a version.
 *
 * @throws Fault 404 `resource_not_found`; 404 `version_not_kept` for a version that is not there yet, or no more
 */
export async function findVersion({ storage }: Deps, userId: string, version: number): Promise<UserVersion> {
  const user = await storage.find('users', userId)
  if (!user) throw notFound('user', userId)
  let reached: UserVersion = { userId, version: user.version, at: user.updatedAt, metadata: user.metadata }
  while (version < reached.version) {
    const limit = Math.min(pageSize, reached.version - version)
    const oldest = reached.version
    for (const change of await storage.listChanges(userId, { before: reached.version + 1, limit })) {
      // Of what was before there were versions nothing is known, nor across a gap.
      if (change.version !== reached.version || change.previousAt === null) break
      reached = {
        userId,
        version: change.version - 1,
        at: change.previousAt,
        metadata: stepBack(reached.metadata, change),
      }
    }
    if (reached.version === oldest) break
  }
  if (version === reached.version) return reached
  const kept = `${reached.version} to ${user.version}`
  throw fault(404, 'version_not_kept', 'is not kept', `Version ${version} of this user is not kept; ${kept} are.`)
}

/** Projects a version to what a side may see of it. */
export function versionJson(found: UserVersion, side: Side): UserVersionJson {
  const readable = kinds.filter((kind) => canRead(side, kind))
  return {
    object: 'user_version',
    user_id: found.userId,
    version: found.version,
    created_at: found.at,
    ...Object.fromEntries(readable.map((kind) => [metadataParam(kind), found.metadata[kind]])),
  } as unknown as UserVersionJson
}
