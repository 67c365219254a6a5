import { readJson } from '@acme/schema'
import { isOneKey, type MetadataCondition, meetsMetadata } from '../metadata-key.ts'
import type { UserRow } from '../rows.ts'
import type { UserQuery } from '../storage.ts'
import { entriesThatAre } from './metadata-entries.ts'
import { type Condition, every, type Sql } from './sqlite-database.ts'
import type { Reading } from './user-lists.ts'

/** An entry of an index: the user, and where they stand in the order of the lists. */
export interface Entry {
  readonly created_at: number
  readonly user_id: string
}

/** Whether a condition names values one by one, so that the entries of each stand in the order of the lists. */
export function isExact({ ranges }: MetadataCondition): boolean {
  return ranges.every(isOneKey)
}

/** Finds the condition that fewest users meet, as far as `most`; and those users, when they are no more than that. */
export function findNarrowest(
  { sql, openEntries }: Reading,
  conditions: readonly MetadataCondition[],
  most: number,
): { readonly condition: MetadataCondition; readonly entries: readonly Entry[] | undefined } {
  openEntries()
  let found: { condition: MetadataCondition; entries: readonly Entry[] | undefined } | undefined
  for (const condition of conditions) {
    const entries = findEntries(sql, condition, found?.entries ? found.entries.length - 1 : most)
    if (!found || entries) found = { condition, entries }
    if (entries?.length === 0) break
  }
  return found as NonNullable<typeof found>
}

/** All users who meet a condition, or undefined when they are more than `most`. */
function findEntries(sql: Sql, { path, ranges }: MetadataCondition, most: number): readonly Entry[] | undefined {
  const found: Entry[] = []
  for (const { from, before } of ranges) {
    const where = 'path = ?1 AND key >= ?2 AND key < ?3'
    const rows = sql(`${entriesThatAre('created_at, user_id', where)} LIMIT ?4`).all(
      path,
      from,
      before,
      most + 1 - found.length,
    ) as Entry[]
    found.push(...rows)
    if (found.length > most) return undefined
  }
  return found
}

/** Reads the users who have one of some values, from one on, in the order of when they were created. */
export function entriesAfter(
  { sql, openEntries }: Reading,
  { path, ranges }: MetadataCondition,
  direction: UserQuery['direction'],
  after: Entry | undefined,
  limit: number,
): readonly Entry[] {
  const [way, next] = direction === 'ascending' ? ['ASC', '>'] : ['DESC', '<']
  const place = after ? `AND (created_at, user_id) ${next} (?4, ?5)` : ''
  const where = `path = ?1 AND key = ?2 ${place}`
  const text = `${entriesThatAre('created_at, user_id', where)} ORDER BY created_at ${way}, user_id ${way} LIMIT ?3`
  openEntries()
  const found = ranges.flatMap(
    ({ from }) => sql(text).all(path, from, limit, ...(after ? [after.created_at, after.user_id] : [])) as Entry[],
  )
  return ranges.length > 1 ? sortEntries(found, direction).slice(0, limit) : found
}

/** Sorts entries by when the users were created. */
export function sortEntries(entries: readonly Entry[], direction: UserQuery['direction']): readonly Entry[] {
  const sign = direction === 'ascending' ? 1 : -1
  return [...entries].sort(
    (a, b) => sign * (a.created_at - b.created_at || (a.user_id < b.user_id ? -1 : a.user_id > b.user_id ? 1 : 0)),
  )
}

/** Reads the rows of users that meet all else, in the order in which they are given. */
export function readMatching(
  sql: Sql,
  entries: readonly Entry[],
  checks: readonly Condition[],
  metadata: readonly MetadataCondition[],
): readonly UserRow[] {
  const ids = entries.map(({ user_id }) => user_id)
  const where = every([{ sql: 'id IN (SELECT value FROM json_each(?))', values: [JSON.stringify(ids)] }, ...checks])
  const rows = sql(`SELECT data FROM users WHERE ${where.sql}`).all(...where.values) as { data: string }[]
  const users = new Map(
    rows.map(({ data }) => {
      const user = readJson(data) as UserRow
      return [user.id, user] as const
    }),
  )
  return ids.flatMap((id) => {
    const user = users.get(id)
    return user && meetsMetadata(user, metadata) ? [user] : []
  })
}

/** Counts the users who meet a condition, and all else. */
export async function countEntries(
  { sql, openEntries, pause, bounds }: Reading,
  { path, ranges }: MetadataCondition,
  checks: readonly Condition[],
  metadata: readonly MetadataCondition[],
): Promise<number> {
  const isChecked = checks.length > 0 || metadata.length > 0
  let total = 0
  for (const { from, before } of ranges) {
    for (let after: Placed | undefined; ; ) {
      openEntries()
      const place = after ? '(key, created_at, user_id) > (?3, ?4, ?5)' : 'key >= ?3'
      const values = [path, before, ...(after ? [after.key, after.created_at, after.user_id] : [from])]
      const where = `path = ?1 AND ${place} AND key < ?2`
      if (isChecked) {
        const some = `${entriesThatAre(placed, where)} ORDER BY ${placed} LIMIT ?${values.length + 1}`
        const rows = sql(some).all(...values, bounds.compared) as Placed[]
        total += readMatching(sql, rows, checks, metadata).length
        after = rows.length < bounds.compared ? undefined : rows.at(-1)
      } else {
        const stretch = countStretch(sql, { sql: where, values }, bounds)
        total += stretch.total
        after = stretch.end
      }
      await pause()
      if (!after) break
    }
  }
  return total
}

/** An entry with the key that it has in its index. */
interface Placed extends Entry {
  readonly key: string
}

const placed = 'key, created_at, user_id'

/** Counts the first entries that meet a condition; gives the place where it has stopped, unless these are all. */
function countStretch(
  sql: Sql,
  { sql: where, values }: Condition,
  { counted, compared }: Reading['bounds'],
): { readonly total: number; readonly end: Placed | undefined } {
  const number = values.length
  const nth = (table: string, offset: number) =>
    `SELECT * FROM (SELECT ${placed}, '${table}' AS kept FROM ${table} WHERE ${where} ORDER BY ${placed} LIMIT 1 OFFSET ?${offset})`
  const end = sql(
    `${nth('indexed_metadata', number + 1)} UNION ALL ${nth('temp.recent_entries', number + 2)} ORDER BY ${placed} LIMIT 1`,
  ).get(...values, counted, 4 * compared) as (Placed & { readonly kept: string }) | undefined
  const upTo = end ? `AND (${placed}) <= (${[1, 2, 3].map((index) => `?${number + index}`)})` : ''
  const bound = [...values, ...(end ? [end.key, end.created_at, end.user_id] : [])]
  const count = (text: string) => (sql(text).get(...bound) as { total: number | null }).total ?? 0
  // The index alone has told how many there are up to there.
  const inTree =
    end?.kept === 'indexed_metadata'
      ? counted + 1
      : count(`SELECT count(*) AS total FROM indexed_metadata WHERE ${where} ${upTo}`)
  return { total: inTree + count(`${notCounted} WHERE ${where} ${upTo}`), end }
}

/** By how much the entries are more than those of the tree. */
const notCounted =
  'SELECT sum(is_there - EXISTS (SELECT 1 FROM indexed_metadata AS entry WHERE entry.path = recent.path AND ' +
  'entry.key = recent.key AND entry.created_at = recent.created_at AND entry.user_id = recent.user_id)) AS total ' +
  'FROM temp.recent_entries AS recent'
