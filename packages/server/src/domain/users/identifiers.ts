import type { UserRow } from '../../storage/rows.ts'
import type { Snapshot, Storage, Write } from '../../storage/storage.ts'
import { fold } from '../../storage/user-text.ts'
import { paramFault } from '../fault.ts'

/** A text that names one user. */
export interface Identifier {
  readonly param: 'email_address' | 'username' | 'external_id'
  readonly value: string
}

/** The id under which it is held. */
export function identifierId({ param, value }: Identifier): string {
  return `${param}:${fold(value)}`
}

/** The identifiers of a user. */
export function identifiersOf(
  user: Pick<UserRow, 'username' | 'externalId' | 'emailAddresses'>,
): readonly Identifier[] {
  const list: Identifier[] = user.emailAddresses.map(({ emailAddress }) => ({
    param: 'email_address',
    value: emailAddress,
  }))
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
