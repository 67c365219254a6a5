import type { EmailAddressRow, PendingEmailAddressRow, UserRow } from '../../storage/rows.ts'
import type { ChangedUser } from '../metadata/admit-change.ts'
import { identifiersOf, identifierWrites } from './identifiers.ts'

/** How many addresses a user may have, and how many that are not verified yet. */
export const maxAddresses = 20
export const maxPending = 5

/** The addresses of a user that are not verified. */
export function pendingOf({ pendingEmailAddresses = [] }: UserRow): readonly PendingEmailAddressRow[] {
  return pendingEmailAddresses
}

/** The member that keeps them. */
export function setPending(pending: readonly PendingEmailAddressRow[]): Pick<UserRow, 'pendingEmailAddresses'> {
  return { pendingEmailAddresses: pending.length > 0 ? pending : undefined }
}

/** Whether something has an id. */
export function hasId(id: string): (one: { readonly id: string }) => boolean {
  return (one) => one.id === id
}

/** The user, with an address that is theirs from now on. */
export function verifiedOf(user: UserRow, { id, emailAddress, createdAt }: PendingEmailAddressRow): UserRow {
  return {
    ...user,
    ...setPending(pendingOf(user).filter((one) => one.id !== id)),
    emailAddresses: [...user.emailAddresses, { id, emailAddress, createdAt }],
    primaryEmailAddressId: user.primaryEmailAddressId ?? id,
  }
}

/** The user, of whom an address names nobody any more. */
export function unverifiedOf(user: UserRow, address: EmailAddressRow): UserRow {
  const emailAddresses = user.emailAddresses.filter(({ id }) => id !== address.id)
  const wasPrimary = user.primaryEmailAddressId === address.id
  return {
    ...user,
    pendingEmailAddresses: [...pendingOf(user), { ...address, code: null }],
    emailAddresses,
    primaryEmailAddressId: wasPrimary ? (emailAddresses[0]?.id ?? null) : user.primaryEmailAddressId,
  }
}

/** A change of a user whose addresses may name them otherwise than before. */
export function changed(before: UserRow, user: UserRow): ChangedUser {
  return { user, writes: identifierWrites(before.id, identifiersOf(before), identifiersOf(user)) }
}
