import type { UserFilter } from '../storage.ts'
import { fold } from '../user-text.ts'
import { entryCondition } from './metadata-entries.ts'
import type { PartsOf } from './rare-trigrams.ts'
import { anyOf, type Bind } from './sql.ts'

const ranges = {
  created_at: ['createdAtAfter', 'createdAtBefore'],
  last_sign_in_at: ['lastSignInAtAfter', 'lastSignInAtBefore'],
  last_active_at: ['lastActiveAtAfter', 'lastActiveAtBefore'],
} as const

/** The texts that parts are looked for in, each of which is a part of `search`. */
const parts = {
  emailAddressQuery: `array_to_string(email_addresses, E'\\n')`,
  usernameQuery: 'username',
  nameQuery: `concat_ws(E'\\n', first_name, last_name)`,
} as const

/** That a user has e-mail addresses besides the primary one; the condition of their index, word for word. */
export const hasOtherEmailAddresses = 'cardinality(email_addresses) > CASE WHEN email_address IS NULL THEN 0 ELSE 1 END'

/** A condition on `user_lists`. */
export interface UserCondition {
  readonly sql: string
  /** Whether it names users one by one, so that an index gives the few that there can be. */
  readonly isNaming?: true
}

/** Whether users are looked for by parts of texts, of which each value wants a plan of its own. */
export function looksForParts(filter: UserFilter): boolean {
  return Boolean(filter.query) || Object.keys(parts).some((name) => filter[name as keyof typeof parts])
}

/** Writes a filter as conditions, all of which must hold. */
export function userConditions(filter: UserFilter, bind: Bind, partsOf: PartsOf): readonly UserCondition[] {
  const conditions: UserCondition[] = []
  const given = <T>(value: T | undefined, write: (value: T) => string) => {
    if (value !== undefined) conditions.push({ sql: write(value) })
  }
  const named = (texts: readonly string[] | undefined, write: (texts: readonly string[]) => string) => {
    if (texts) conditions.push({ sql: write(texts), isNaming: true })
  }
  const among = (column: string, texts: readonly string[]) => `${column} = ANY (${anyOf(texts, bind)})`
  named(filter.userIds, (ids) => among('id', ids))
  given(filter.notUserIds, (ids) => `NOT ${among('id', ids)}`)
  named(filter.externalIds, (ids) => among('external_id', ids.map(fold)))
  // Who has none is not one of those left out.
  given(filter.notExternalIds, (ids) => `(external_id IS NULL OR NOT ${among('external_id', ids.map(fold))})`)
  named(filter.usernames, (names) => among('username', names.map(fold)))
  named(filter.emailAddresses, (addresses) => {
    const folded = anyOf(addresses.map(fold), bind)
    return `(email_address = ANY (${folded}) OR (${hasOtherEmailAddresses} AND email_addresses && ${folded}))`
  })
  given(filter.isBanned, (isBanned) => (isBanned ? 'is_banned' : 'NOT is_banned'))
  for (const [column, [after, before]] of Object.entries(ranges)) {
    given(filter[after], (limit) => `${column} > ${bind(limit)}::bigint`)
    given(filter[before], (limit) => `${column} < ${bind(limit)}::bigint`)
  }
  for (const [name, text] of Object.entries(parts)) {
    const part = fold(filter[name as keyof typeof parts] ?? '')
    if (part) conditions.push({ sql: mayHold(part, bind, partsOf) }, { sql: `strpos(${text}, ${bind(part)}) > 0` })
  }
  for (const condition of filter.metadata ?? []) {
    const own = 'SELECT 1 FROM metadata_entries AS entry WHERE entry.user_id = user_lists.id'
    conditions.push({ sql: `EXISTS (${own} AND ${entryCondition(condition, bind, 'entry')})` })
  }
  const { query } = filter
  if (query) {
    const part = fold(query)
    const begun = `id >= ${bind(query)} AND id <= ${bind(`${query}\u{10ffff}`)}`
    const held = `${mayHold(part, bind, partsOf)} AND strpos(search, ${bind(part)}) > 0`
    conditions.push({ sql: `((${held}) OR (${begun}))` })
  }
  return conditions
}

/** The condition that trigrams serve: that of which whoever holds the part holds all. */
function mayHold(part: string, bind: Bind, partsOf: PartsOf): string {
  return partsOf(part)
    .map((one) => `search LIKE ${bind(`%${one.replaceAll(/[\\%_]/g, '\\$&')}%`)}`)
    .join(' AND ')
}
