import type { UserRow } from '../../storage/rows.ts'
import type { Snapshot, Storage, Write } from '../../storage/storage.ts'
import { fold } from '../../storage/user-text.ts'
import { timeOfId } from '../create-id.ts'
import { paramFault } from '../fault.ts'

/** A text that names one user. */
export interface Identifier {
  readonly param: 'email_address' | 'email_address_id' | 'username' | 'external_id'
  readonly value: string
}

/** The id under which it is held. */
export function identifierId({ param, value }: Identifier): string {
  return `${param}:${param === 'email_address_id' ? value : fold(value)}`
}

/**
 * The identifiers of a user. An address that the user was created with is found by the time in its id, which is the
 * user's; any other by its id.
 */
export function identifiersOf(
  user: Pick<UserRow, 'username' | 'externalId' | 'emailAddresses' | 'pendingEmailAddresses' | 'createdAt'>,
): readonly Identifier[] {
  const list: Identifier[] = user.emailAddresses.map(({ emailAddress }) => ({
    param: 'email_address',
    value: emailAddress,
  }))
  for (const { id } of [...user.emailAddresses, ...(user.pendingEmailAddresses ?? [])])
    if (timeOfId(id) !== user.createdAt) list.push({ param: 'email_address_id', value: id })
  if (user.username !== null) list.push({ param: 'username', value: user.username })
  if (user.externalId !== null) list.push({ param: 'external_id', value: user.externalId })
  return list
}

/** Refuses identifiers that another user holds. The transaction must have named them. */
export function assertFree(rows: Snapshot, identifiers: readonly Identifier[], userId?: string): void {
  for (const identifier of identifiers) {
    const holder = rows.get('identifiers', identifierId(identifier))
    if (holder && holder.userId !== userId) {
      const long = `That ${identifier.param.replace('_', ' ')} is taken. Please try another.`
      throw paramFault(identifier.param, 'form_identifier_exists', 'is taken', long)
    }
  }
}

/** Writes who holds what: the identifiers that a user had and has no more are let go. */
export function identifierWrites(userId: string, before: readonly Identifier[], after: readonly Identifier[]): Write[] {
  const kept = new Set(after.map(identifierId))
  return [
    ...before
      .filter((old) => !kept.has(identifierId(old)))
      .map((old) => ({ delete: 'identifiers', id: identifierId(old) }) as const),
    ...[...kept].map((id) => ({ put: 'identifiers', row: { id, userId } }) as const),
  ]
}

/** Finds the user whom an e-mail address or username names. */
export async function findUserByIdentifier(storage: Storage, text: string): Promise<UserRow | undefined> {
  for (const param of ['email_address', 'username'] as const) {
    const holder = await storage.find('identifiers', identifierId({ param, value: text }))
    if (holder) return storage.find('users', holder.userId)
  }
  return undefined
}

/** How many users are looked at at a time. */
const pageSize = 500

/** Finds the user who has an e-mail address, verified or not, by its id. */
export async function findUserByEmailAddressId(storage: Storage, id: string): Promise<UserRow | undefined> {
  const has = ({ emailAddresses, pendingEmailAddresses = [] }: UserRow) =>
    [...emailAddresses, ...pendingEmailAddresses].some((one) => one.id === id)
  const holder = await storage.find('identifiers', identifierId({ param: 'email_address_id', value: id }))
  if (holder) {
    const user = await storage.find('users', holder.userId)
    return user && has(user) ? user : undefined
  }
  const time = timeOfId(id)
  const filter = { createdAtAfter: time - 1, createdAtBefore: time + 1 }
  for (let after: UserRow | undefined; ; ) {
    const page = { filter, orderBy: 'created_at', direction: 'ascending', limit: pageSize, offset: 0, after } as const
    const users = await storage.listUsers(page)
    const found = users.find(has)
    if (found || users.length < pageSize) return found
    after = users.at(-1)
  }
}
