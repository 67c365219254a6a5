import { assertMetadata, assertMetadataSize, type JsonObject, type Kind, kinds } from '@acme/schema'
import type { UserRow } from '../../storage/rows.ts'
import type { Transaction } from '../../storage/storage.ts'
import { serverActor } from '../changes/record-change.ts'
import { createId, timeForId } from '../create-id.ts'
import type { Deps } from '../deps.ts'
import { Fault, fault, paramFault } from '../fault.ts'
import { holderKeys } from '../metadata/indexes/holders.ts'
import { noMetadata } from '../metadata/metadata.ts'
import { activeSchemas, assertSchemas } from '../metadata/metadata-schemas.ts'
import { activeWebhooks } from '../webhooks/active-webhooks.ts'
import { addUser, changeUser } from './change-user.ts'
import { assertFree, type Identifier, identifierId, identifiersOf, identifierWrites } from './identifiers.ts'
import { readEmailAddress, readExternalId, readName, readUsername } from './user-fields.ts'
import { newUser } from './users.ts'

/** A user who comes from elsewhere. */
export interface ImportedUser {
  /** By which they are known when they come again. */
  readonly externalId: string
  /** Verified ones, the primary one first. */
  readonly emailAddresses: readonly string[]
  readonly username: string | null
  readonly firstName: string | null
  readonly lastName: string | null
  readonly passwordHash: string | null
  readonly metadata: Readonly<Record<Kind, JsonObject>>
  /** In milliseconds since the epoch. */
  readonly createdAt: number | undefined
  readonly lastSignInAt: number | undefined
  readonly isBanned: boolean
  readonly lockedUntil: number | undefined
}

/** What became of one: whoever holds the external id already is left as they are. */
export type ImportOutcome = 'imported' | 'known'

/**
 * Plans to take a user from elsewhere, by the rules of the Backend API.
 *
 * @throws Fault 422, with an entry for each identifier or kind of metadata that is refused; MetadataInvalidError, MetadataTooLargeError
 */
export function importUser(deps: Deps, imported: ImportedUser): Transaction<ImportOutcome> {
  const now = deps.clock()
  const externalId = readExternalId(imported.externalId)
  if (externalId === null) throw paramFault('external_id', 'form_param_missing', 'is missing')
  const emailAddresses = imported.emailAddresses.map((text) => ({
    id: createId('emailAddress', timeForId(imported.createdAt, now)),
    emailAddress: readEmailAddress(text),
    createdAt: imported.createdAt ?? now,
  }))
  for (const kind of kinds) {
    assertMetadata(imported.metadata[kind], kind)
    assertMetadataSize(imported.metadata[kind], kind)
  }
  const user = newUser(deps, {
    externalId,
    username: readUsername(imported.username),
    firstName: readName('first_name', imported.firstName),
    lastName: readName('last_name', imported.lastName),
    emailAddresses,
    primaryEmailAddressId: emailAddresses[0]?.id ?? null,
    passwordHash: imported.passwordHash,
    metadata: imported.metadata,
    lastSignInAt: imported.lastSignInAt ?? null,
    ...(imported.isBanned && { isBanned: true }),
    ...((imported.lockedUntil ?? 0) > now && { lockedUntil: imported.lockedUntil }),
    createdAt: imported.createdAt ?? now,
  })
  const identifiers = identifiersOf(user)
  if (new Set(identifiers.map(identifierId)).size < identifiers.length)
    throw paramFault('email_address', 'form_param_duplicate', 'is given twice')
  if (!identifiers.some(({ param }) => param !== 'external_id'))
    throw fault(422, 'form_data_missing', 'missing data', 'There is no verified e-mail address and no username.')
  const own = { collection: 'identifiers', id: identifierId({ param: 'external_id', value: externalId }) } as const
  return {
    reads: [...identifiers.map(toKey), activeSchemas, activeWebhooks],
    follow: (rows) => holderKeys(rows, user.metadata),
    decide(rows) {
      if (rows.get('identifiers', own.id)) return { writes: [], result: 'known' }
      assertSchemas(deps, rows, user.metadata, noMetadata)
      assertFree(rows, identifiers)
      const writes = [...addUser(deps, serverActor, rows, user), ...identifierWrites(user.id, [], identifiers)]
      return { writes, result: 'imported' }
    },
  }
}

/**
 * Gives a user who came from elsewhere the hash of their password, where they have none yet.
 *
 * @throws Fault 404 when nobody has the external id
 */
export async function importPassword(deps: Deps, externalId: string, passwordHash: string): Promise<ImportOutcome> {
  const { storage } = deps
  const holder = await storage.find('identifiers', identifierId({ param: 'external_id', value: externalId }))
  const user = holder && (await storage.find('users', holder.userId))
  if (!user)
    throw new Fault(404, [{ code: 'resource_not_found', message: 'not found', long_message: 'There is no such user.' }])
  if (user.passwordHash !== null) return 'known'
  await storage.transact(
    changeUser(deps, serverActor, user.id, undefined, {
      reads: [],
      change: (current: UserRow) => ({
        user: { ...current, passwordHash: current.passwordHash ?? passwordHash },
        writes: [],
      }),
    }),
  )
  return 'imported'
}

function toKey(identifier: Identifier) {
  return { collection: 'identifiers', id: identifierId(identifier) } as const
}
