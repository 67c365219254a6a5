import type { UserFilter } from '../storage.ts'
import { fold } from '../user-text.ts'
import type { SqliteValue } from './sqlite-database.ts'

/** A condition of a WHERE clause and the values it binds. */
export interface Condition {
  readonly sql: string
  readonly values: readonly SqliteValue[]
}

const compared = {
  createdAtBefore: 'created_at <',
  createdAtAfter: 'created_at >',
  lastSignInAtBefore: 'last_sign_in_at <',
  lastSignInAtAfter: 'last_sign_in_at >',
  lastActiveAtBefore: 'last_active_at <',
  lastActiveAtAfter: 'last_active_at >',
} as const

const parts = {
  query: 'search',
  emailAddressQuery: 'email_addresses',
  usernameQuery: 'username',
  nameQuery: 'name',
} as const

/** Writes a filter as SQL. */
export function userConditions(filter: UserFilter): Condition {
  const conditions: Condition[] = []
  const among = (column: string, list: readonly string[] | undefined, not = '') => {
    if (!list) return
    // Who has none is not one of those left out.
    const none = not && `${column} IS NULL OR `
    const sql = `(${none}${column} ${not} IN (SELECT value FROM json_each(?)))`
    conditions.push({ sql, values: [JSON.stringify(list)] })
  }
  among('id', filter.userIds)
  among('id', filter.notUserIds, 'NOT')
  among('external_id', filter.externalIds?.map(fold))
  among('external_id', filter.notExternalIds?.map(fold), 'NOT')
  among('username', filter.usernames?.map(fold))
  if (filter.emailAddresses) {
    // One address a line, so that a whole line is a whole address.
    const sql = `EXISTS (SELECT 1 FROM json_each(?) WHERE instr(char(10) || email_addresses || char(10), char(10) || value || char(10)))`
    conditions.push({ sql, values: [JSON.stringify(filter.emailAddresses.map(fold))] })
  }
  if (filter.isBanned !== undefined) {
    conditions.push({ sql: `coalesce(data ->> 'isBanned', 0) = ?`, values: [filter.isBanned ? 1 : 0] })
  }
  for (const [name, column] of Object.entries(parts)) {
    const part = filter[name as keyof typeof parts]
    if (part !== undefined) conditions.push({ sql: `instr(coalesce(${column}, ''), ?) > 0`, values: [fold(part)] })
  }
  for (const [name, comparison] of Object.entries(compared)) {
    const value = filter[name as keyof typeof compared]
    if (value !== undefined) conditions.push({ sql: `${comparison} ?`, values: [value] })
  }
  return {
    sql: conditions.map(({ sql }) => sql).join(' AND ') || 'TRUE',
    values: conditions.flatMap(({ values }) => values),
  }
}
