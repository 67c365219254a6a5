import type { CreateUserBody, UpdateMeBody, UpdateUserBody } from '@acme/schema/wire'
import type { Actor, UserRow } from '../../storage/rows.ts'
import type { Key, Transaction, Write } from '../../storage/storage.ts'
import { createId, timeForId } from '../create-id.ts'
import type { ChangingDeps, Deps } from '../deps.ts'
import { fault, paramFault } from '../fault.ts'
import { holderKeys } from '../metadata/indexes/holders.ts'
import { type ChangeMode, changeMetadata, noMetadata } from '../metadata/metadata.ts'
import { activeSchemas, assertSchemas } from '../metadata/metadata-schemas.ts'
import { activeWebhooks } from '../webhooks/active-webhooks.ts'
import { admissionFields } from './admission.ts'
import {
  addUser,
  changeUser,
  currentUser,
  endSessions,
  type Precondition,
  removeUser,
  sessionKey,
  userKey,
} from './change-user.ts'
import { assertFree, type Identifier, identifierId, identifiersOf, identifierWrites } from './identifiers.ts'
import { readPassword } from './read-password.ts'
import { readEmailAddress, readExternalId, readName, readUsername } from './user-fields.ts'

/** What a new user is made of, however it comes about. */
export type NewUser = Omit<UserRow, 'id' | 'version' | 'createdAt' | 'updatedAt' | 'lastActiveAt'> &
  Partial<Pick<UserRow, 'createdAt'>>

/** Makes the row of a new user. */
export function newUser(deps: Deps, user: NewUser): UserRow {
  const now = deps.clock()
  return {
    createdAt: now,
    ...user,
    id: createId('user', now),
    version: 1,
    updatedAt: now,
    lastActiveAt: user.lastSignInAt,
  }
}

/** Plans to create a user by the Backend API. */
export async function createUser(deps: Deps, actor: Actor, body: CreateUserBody): Promise<Transaction<UserRow>> {
  const passwordHash = await readPassword(deps, body)
  const createdAt = body.created_at === undefined ? undefined : Date.parse(body.created_at)
  if (Number.isNaN(createdAt)) throw paramFault('created_at', 'form_param_invalid_time', 'is not an RFC 3339 time')
  const now = deps.clock()
  const emailAddresses = (body.email_address ?? []).map((text) => ({
    id: createId('emailAddress', timeForId(createdAt, now)),
    emailAddress: readEmailAddress(text),
    createdAt: now,
  }))
  const user = newUser(deps, {
    externalId: readExternalId(body.external_id ?? null),
    username: readUsername(body.username ?? null),
    firstName: readName('first_name', body.first_name ?? null),
    lastName: readName('last_name', body.last_name ?? null),
    emailAddresses,
    primaryEmailAddressId: emailAddresses[0]?.id ?? null,
    passwordHash: passwordHash ?? null,
    metadata: changeMetadata(noMetadata, body, 'replace'),
    lastSignInAt: null,
    ...admissionFields(deps, body),
    createdAt: createdAt ?? now,
  })
  const identifiers = identifiersOf(user)
  if (new Set(identifiers.map(identifierId)).size < identifiers.length) {
    throw paramFault('email_address', 'form_param_duplicate', 'is given twice')
  }
  if (!identifiers.some(({ param }) => param !== 'external_id')) {
    throw fault(422, 'form_data_missing', 'missing data', 'Give an email_address or a username.')
  }
  return {
    reads: [...identifiers.map(toKey), activeSchemas, activeWebhooks],
    follow: (rows) => holderKeys(rows, user.metadata),
    decide(rows) {
      assertSchemas(deps, rows, user.metadata, noMetadata)
      assertFree(rows, identifiers)
      return {
        writes: [...addUser(deps, actor, rows, user), ...identifierWrites(user.id, [], identifiers)],
        result: user,
      }
    },
  }
}

/** What an update may set, whoever asks: each member is checked before by the body of its API. */
export type UserChanges = UpdateUserBody | UpdateMeBody

/** Plans to set fields and metadata, all or nothing. */
export async function updateUser(
  deps: Deps,
  actor: Actor,
  id: string,
  body: UserChanges,
  ifMatch: Precondition,
): Promise<Transaction<UserRow>> {
  const { external_id: externalId } = body as UpdateUserBody
  const passwordHash = await readPassword(deps, body as UpdateUserBody)
  const fields: Partial<UserRow> = {
    ...(body.first_name !== undefined && { firstName: readName('first_name', body.first_name) }),
    ...(body.last_name !== undefined && { lastName: readName('last_name', body.last_name) }),
    ...(body.username !== undefined && { username: readUsername(body.username) }),
    ...(externalId !== undefined && { externalId: readExternalId(externalId) }),
    ...(passwordHash !== undefined && { passwordHash }),
  }
  const wanted: Identifier[] = []
  if (fields.username) wanted.push({ param: 'username', value: fields.username })
  if (fields.externalId) wanted.push({ param: 'external_id', value: fields.externalId })
  const endsSessions = (body as UpdateUserBody).sign_out_of_other_sessions === true
  const listed = endsSessions ? await deps.storage.listSessions(id) : []
  return changeUser(deps, actor, id, ifMatch, {
    reads: [...wanted.map(toKey), ...listed.map(sessionKey)],
    metadata: body,
    change(user, rows) {
      assertFree(rows, wanted, id)
      const { primary_email_address_id: primary } = body
      if (primary !== undefined && !user.emailAddresses.some((email) => email.id === primary)) {
        throw paramFault('primary_email_address_id', 'form_param_value_invalid', 'is not an e-mail address of the user')
      }
      const next: UserRow = {
        ...user,
        ...fields,
        ...(primary !== undefined && { primaryEmailAddressId: primary }),
        ...(endsSessions && { knownClientIds: [] }),
        metadata: changeMetadata(user.metadata, body, 'replace'),
      }
      if (actor.side === 'frontend' && fields.username === null) assertNamed(next)
      const writes = [
        ...identifierWrites(id, identifiersOf(user), identifiersOf(next)),
        ...(endsSessions ? endSessions(deps, rows, user, { listed }) : []),
      ]
      return { user: next, writes }
    },
  })
}

/** Refuses to let somebody take away the last name by which they can sign in. */
function assertNamed({ emailAddresses, username }: UserRow): void {
  if (emailAddresses.length > 0 || username !== null) return
  const long = 'It is all by which you can sign in. Add an e-mail address first.'
  throw fault(422, 'last_identification_deletion_failed', 'cannot be removed', long)
}

/** Plans to merge into the metadata, or to replace each kind that is given. */
export function changeUserMetadata(
  deps: ChangingDeps,
  actor: Actor,
  id: string,
  params: { readonly [param: string]: unknown },
  mode: ChangeMode,
  ifMatch: Precondition,
): Transaction<UserRow> {
  return changeUser(deps, actor, id, ifMatch, {
    reads: [],
    metadata: params,
    change: (user) => ({ user: { ...user, metadata: changeMetadata(user.metadata, params, mode) }, writes: [] }),
  })
}

/** Plans to delete a user: the identifiers are free again and the sessions over. */
export async function deleteUser(
  deps: ChangingDeps,
  actor: Actor,
  id: string,
  ifMatch: Precondition,
): Promise<Transaction<UserRow>> {
  const listed = await deps.storage.listSessions(id)
  return {
    reads: [userKey(id), activeWebhooks, ...listed.map(sessionKey)],
    decide(rows) {
      const user = currentUser(rows.get('users', id), id, ifMatch)
      const writes: Write[] = [
        ...removeUser(deps, actor, rows, user),
        ...identifierWrites(id, identifiersOf(user), []),
        ...endSessions(deps, rows, user, { listed }),
      ]
      return { writes, result: user }
    },
  }
}

function toKey(identifier: Identifier): Key {
  return { collection: 'identifiers', id: identifierId(identifier) }
}
