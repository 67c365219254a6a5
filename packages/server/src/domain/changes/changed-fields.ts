import { kinds, metadataParam } from '@acme/schema'
import type { ChangeRow, UserRow } from '../../storage/rows.ts'

/** The names on the wire of what can change of a user, besides the metadata. */
const names = {
  externalId: 'external_id',
  username: 'username',
  firstName: 'first_name',
  lastName: 'last_name',
  emailAddresses: 'email_addresses',
  pendingEmailAddresses: 'email_addresses',
  primaryEmailAddressId: 'primary_email_address_id',
  passwordHash: 'password',
  isBanned: 'banned',
  lockedUntil: 'locked',
} as const
names satisfies Record<Exclude<keyof UserRow, Untold>, string>

/** What every change is about, what sign-ins note, which are no changes, and what is kept of them in indexes and histories. */
type Untold =
  | 'id'
  | 'version'
  | 'metadata'
  | 'lastSignInAt'
  | 'lastActiveAt'
  | 'knownClientIds'
  | 'latestSessionId'
  | 'createdAt'
  | 'updatedAt'
  | 'indexed'
  | 'held'
  | 'history'

const entries = Object.entries(names) as [keyof typeof names, string][]
const nobody: Partial<UserRow> = { emailAddresses: [] }

/** Names what a change set to something else: of a user who is new, all that is set. */
export function changedFields(
  before: UserRow | undefined,
  after: UserRow,
  metadata: ChangeRow['metadata'],
): readonly string[] {
  const old = before ?? nobody
  const fields = new Set<string>()
  for (const [key, name] of entries) if (!isSame(old[key], after[key])) fields.add(name)
  for (const kind of kinds) if (metadata[kind]) fields.add(metadataParam(kind))
  return [...fields]
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a ?? null) === JSON.stringify(b ?? null)
}
