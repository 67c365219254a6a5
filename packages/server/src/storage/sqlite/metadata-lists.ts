import { readJson } from '@acme/schema'
import { isOneKey, type KeyRange, type MetadataCondition, meetsMetadata } from '../metadata-key.ts'
import type { UserRow } from '../rows.ts'
import type { UserQuery } from '../storage.ts'
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
  sql: Sql,
  conditions: readonly MetadataCondition[],
  most: number,
): { readonly condition: MetadataCondition; readonly entries: readonly Entry[] | undefined } {
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
    const rows = sql(
      'SELECT created_at, user_id FROM metadata_entries WHERE path = ? AND key >= ? AND key < ? LIMIT ?',
    ).all(path, from, before, most + 1 - found.length) as Entry[]
    found.push(...rows)
    if (found.length > most) return undefined
  }
  return found
}

/** Reads the users who have one of some values, from one on, in the order of when they were created. */
export function entriesAfter(
  sql: Sql,
  { path, ranges }: MetadataCondition,
  direction: UserQuery['direction'],
  after: Entry | undefined,
  limit: number,
): readonly Entry[] {
  const [way, next] = direction === 'ascending' ? ['ASC', '>'] : ['DESC', '<']
  const place = after ? `AND (created_at, user_id) ${next} (?, ?)` : ''
  const text =
    `SELECT created_at, user_id FROM metadata_entries WHERE path = ? AND key = ? ${place} ` +
    `ORDER BY created_at ${way}, user_id ${way} LIMIT ?`
  const found = ranges.flatMap(
    ({ from }) => sql(text).all(path, from, ...(after ? [after.created_at, after.user_id] : []), limit) as Entry[],
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
  { sql, pause, bounds }: Reading,
  { path, ranges }: MetadataCondition,
  checks: readonly Condition[],
  metadata: readonly MetadataCondition[],
): Promise<number> {
  const isChecked = checks.length > 0 || metadata.length > 0
  let total = 0
  for (const range of ranges) {
    for (let after: Placed | undefined; ; ) {
      const { sql: where, values } = within(path, range, after)
      const from = `FROM metadata_entries WHERE ${where}`
      const order = 'ORDER BY key, created_at, user_id'
      if (isChecked) {
        const rows = sql(`SELECT key, created_at, user_id ${from} ${order} LIMIT ?`).all(...values, bounds.compared)
        total += readMatching(sql, rows as Placed[], checks, metadata).length
        after = rows.length < bounds.compared ? undefined : (rows.at(-1) as Placed)
      } else {
        after = sql(`SELECT key, created_at, user_id ${from} ${order} LIMIT 1 OFFSET ?`).get(
          ...values,
          bounds.counted,
        ) as Placed | undefined
        // The index alone has told how many there are up to there.
        total += after
          ? bounds.counted + 1
          : (sql(`SELECT count(*) AS total ${from}`).get(...values) as { total: number }).total
      }
      await pause()
      if (!after) break
    }
  }
  return total
}

interface Placed extends Entry {
  readonly key: string
}

function within(path: string, { from, before }: KeyRange, after: Placed | undefined): Condition {
  const place = after ? '(key, created_at, user_id) > (?, ?, ?)' : 'key >= ?'
  return {
    sql: `path = ? AND ${place} AND key < ?`,
    values: [path, ...(after ? [after.key, after.created_at, after.user_id] : [from]), before],
  }
}
