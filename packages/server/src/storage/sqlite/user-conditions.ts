import type { UserFilter } from '../storage.ts'
import { fold } from '../user-text.ts'
import type { Condition } from './sqlite-database.ts'

/** The least and the most that a column may be, both included. */
export interface Range {
  readonly column: string
  readonly least: number | undefined
  readonly most: number | undefined
}

/** A text that users must hold a part of. */
export interface Part {
  /** Folded, and not empty. */
  readonly text: string
  /** Those whose id begins with it, as it was written, who are among those found too. */
  readonly begun: Condition | undefined
  readonly condition: Condition
}

/** A filter as SQL, by the way in which each condition is served. */
export interface UserConditions {
  /** Each names a few users, and has an index. */
  readonly exact: readonly Condition[]
  readonly ranges: readonly Range[]
  readonly parts: readonly Part[]
  readonly isBanned: boolean | undefined
  /** Leaves out a few users. */
  readonly others: readonly Condition[]
}

const ranges = {
  created_at: ['createdAtAfter', 'createdAtBefore'],
  last_sign_in_at: ['lastSignInAtAfter', 'lastSignInAtBefore'],
  last_active_at: ['lastActiveAtAfter', 'lastActiveAtBefore'],
} as const

const parts = {
  query: 'concat_ws(char(10), username, first_name, last_name, email_addresses)',
  emailAddressQuery: 'email_addresses',
  usernameQuery: 'username',
  nameQuery: 'concat_ws(char(10), first_name, last_name)',
} as const

/** Writes a filter as SQL. */
export function userConditions(filter: UserFilter): UserConditions {
  const exact: Condition[] = []
  const others: Condition[] = []
  const given = <T>(value: T | undefined, use: (value: T) => void) => value !== undefined && use(value)
  const among = (list: readonly string[], sql: string): Condition => ({ sql, values: [JSON.stringify(list)] })
  given(filter.userIds, (ids) => exact.push(among(ids, `id IN ${values}`)))
  given(filter.externalIds, (ids) => exact.push(among(ids.map(fold), `external_id IN ${values}`)))
  given(filter.usernames, (names) => exact.push(among(names.map(fold), `username IN ${values}`)))
  given(filter.emailAddresses, (addresses) => {
    const list = JSON.stringify(addresses.map(fold))
    const primary = `SELECT rowid FROM users WHERE email_address IN ${values}`
    const other = `SELECT user FROM other_email_addresses WHERE email_address IN ${values}`
    exact.push({ sql: `rowid IN (${primary} UNION ${other})`, values: [list, list] })
  })
  given(filter.notUserIds, (ids) => others.push(among(ids, `id NOT IN ${values}`)))
  // Who has none is not one of those left out.
  given(filter.notExternalIds, (ids) =>
    others.push(among(ids.map(fold), `external_id IS NULL OR external_id NOT IN ${values}`)),
  )
  return {
    exact,
    others,
    isBanned: filter.isBanned,
    ranges: Object.entries(ranges).flatMap(([column, [after, before]]) => {
      const [from, to] = [filter[after], filter[before]]
      if (from === undefined && to === undefined) return []
      return [{ column, least: from === undefined ? from : from + 1, most: to === undefined ? to : to - 1 }]
    }),
    parts: Object.entries(parts).flatMap(([name, expression]): readonly Part[] => {
      const written = filter[name as keyof typeof parts] ?? ''
      const text = fold(written)
      if (text === '') return []
      const held: Condition = { sql: `instr(${expression}, ?) > 0`, values: [text] }
      if (name !== 'query') return [{ text, begun: undefined, condition: held }]
      const begun: Condition = { sql: 'id >= ? AND id <= ?', values: [written, `${written}\u{10ffff}`] }
      const sql = `${held.sql} OR (${begun.sql})`
      return [{ text, begun, condition: { sql, values: [...held.values, ...begun.values] } }]
    }),
  }
}

const values = '(SELECT value FROM json_each(?))'

/** Writes a range as SQL. */
export function rangeCondition({ column, least, most }: Range): Condition {
  return {
    sql: [least !== undefined && `${column} >= ?`, most !== undefined && `${column} <= ?`]
      .filter(Boolean)
      .join(' AND '),
    values: [least, most].filter((limit) => limit !== undefined),
  }
}

/** Writes whether users are banned as SQL; the index of those who are holds no others. */
export function bannedCondition(isBanned: boolean): Condition {
  return { sql: isBanned ? 'is_banned' : 'NOT is_banned', values: [] }
}
