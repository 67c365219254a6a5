import type { UserRow } from './rows.ts'
import type { UserOrder } from './storage.ts'

/** Folds case, so that every storage compares texts alike. */
export function fold(text: string): string {
  return text.normalize('NFC').toLowerCase()
}

/** The primary e-mail address of a user, or null. */
export function primaryEmailAddress(user: UserRow): string | null {
  return user.emailAddresses.find(({ id }) => id === user.primaryEmailAddressId)?.emailAddress ?? null
}

/** What a list orders a user by: a folded text or a time in milliseconds. */
export function orderValue(user: UserRow, order: UserOrder): string | number | null {
  const text = (value: string | null) => (value === null ? null : fold(value))
  const values: Record<UserOrder, string | number | null> = {
    created_at: user.createdAt,
    updated_at: user.updatedAt,
    last_sign_in_at: user.lastSignInAt,
    last_active_at: user.lastActiveAt,
    email_address: text(primaryEmailAddress(user)),
    username: text(user.username),
    first_name: text(user.firstName),
    last_name: text(user.lastName),
    id: user.id,
  }
  return values[order]
}

/** The texts of a user that a part can be looked for in, folded, each on a line of its own. */
export function searchText(user: UserRow): {
  readonly emailAddresses: string
  readonly name: string
  readonly all: string
} {
  const lines = (texts: readonly (string | null)[]) => fold(texts.filter((text) => text !== null).join('\n'))
  const emailAddresses = user.emailAddresses.map(({ emailAddress }) => emailAddress)
  const name = [user.firstName, user.lastName]
  return {
    emailAddresses: lines(emailAddresses),
    name: lines(name),
    all: lines([user.username, ...name, ...emailAddresses]),
  }
}
