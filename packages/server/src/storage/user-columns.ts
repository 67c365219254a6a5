import type { UserRow } from './rows.ts'
import { fold, primaryEmailAddress } from './user-text.ts'

/** What databases keep of a user beside the row itself, to find and order users by: texts folded, times in milliseconds. */
export interface UserColumns {
  readonly external_id: string | null
  readonly username: string | null
  readonly email_address: string | null
  readonly first_name: string | null
  readonly last_name: string | null
  readonly created_at: number
  readonly last_sign_in_at: number | null
  readonly last_active_at: number | null
}

/** Whether two rows of a user give the same columns and texts: most writes change nothing that lists look at. */
export function isListedAlike(a: UserRow, b: UserRow): boolean {
  return (
    a.emailAddresses === b.emailAddresses &&
    a.primaryEmailAddressId === b.primaryEmailAddressId &&
    a.externalId === b.externalId &&
    a.username === b.username &&
    a.firstName === b.firstName &&
    a.lastName === b.lastName &&
    a.isBanned === b.isBanned &&
    a.createdAt === b.createdAt &&
    a.lastSignInAt === b.lastSignInAt &&
    a.lastActiveAt === b.lastActiveAt
  )
}

/** Gives the columns of a user. */
export function userColumns(user: UserRow): UserColumns {
  const text = (value: string | null) => (value === null ? null : fold(value))
  return {
    external_id: text(user.externalId),
    username: text(user.username),
    email_address: text(primaryEmailAddress(user)),
    first_name: text(user.firstName),
    last_name: text(user.lastName),
    created_at: user.createdAt,
    last_sign_in_at: user.lastSignInAt,
    last_active_at: user.lastActiveAt,
  }
}
