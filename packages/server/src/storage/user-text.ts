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

const folded = (value: string | null) => (value === null ? null : fold(value))

const orderValues: Readonly<Record<UserOrder, (user: UserRow) => string | number | null>> = {
  created_at: (user) => user.createdAt,
  updated_at: (user) => user.updatedAt,
  last_sign_in_at: (user) => user.lastSignInAt,
  last_active_at: (user) => user.lastActiveAt,
  email_address: (user) => folded(primaryEmailAddress(user)),
  username: (user) => folded(user.username),
  first_name: (user) => folded(user.firstName),
  last_name: (user) => folded(user.lastName),
  id: (user) => user.id,
}

/** What a list orders a user by: a folded text or a time in milliseconds. Of a place in an order, no more is asked. */
export function orderValue(user: UserRow, order: UserOrder): string | number | null {
  return orderValues[order](user)
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
