import { readJson } from '@acme/schema'
import { isOneKey } from '../metadata-key.ts'
import type { UserRow } from '../rows.ts'
import type { UserFilter, UserOrder, UserQuery } from '../storage.ts'
import { entryCondition } from './metadata-entries.ts'
import type { PartsOf } from './rare-trigrams.ts'
import { bindings, type Runner, run } from './sql.ts'
import { looksForParts, type UserCondition, userConditions } from './user-conditions.ts'

/** What lists are read with. */
export interface ListReader {
  readonly runner: Runner
  readonly partsOf: PartsOf
}

/** The orders in which some users have no value. */
const nullable: ReadonlySet<UserOrder> = new Set([
  'last_sign_in_at',
  'last_active_at',
  'email_address',
  'username',
  'first_name',
  'last_name',
])

/** The conditions of the parts of an order whose rows follow one another in its index, whichever way it is read. */
function stretchesOf(orderBy: UserOrder): readonly string[] {
  return nullable.has(orderBy) ? [`${orderBy} IS NOT NULL`, `${orderBy} IS NULL`] : ['TRUE']
}

/** Reads a page of users: those that have a value first, since no one index has them so in both directions. */
export async function listUsers(reader: ListReader, query: UserQuery): Promise<readonly UserRow[]> {
  const byValue = await listByValue(reader, query)
  if (byValue) return byValue
  const users: UserRow[] = []
  let toSkip = query.offset
  for (const stretch of stretchesOf(query.orderBy)) {
    const page = await readPage(reader, query, stretch, query.limit - users.length, toSkip)
    users.push(...page)
    if (users.length === query.limit) break
    if (page.length > 0) toSkip = 0
    else if (toSkip > 0) toSkip -= await count(reader, query.filter, stretch)
  }
  return users
}

/**
 * Reads a page of the users who have one value of metadata, in the order of when they were created: that of the entries
 * themselves. What else is asked for is looked up of each; undefined where the question is another.
 */
async function listByValue(reader: ListReader, query: UserQuery): Promise<readonly UserRow[] | undefined> {
  const { filter, orderBy, direction, after, limit, offset } = query
  const { metadata = [], ...others } = filter
  const found = metadata.find(({ ranges }) => ranges.length === 1 && ranges.every(isOneKey))
  if (!found || orderBy !== 'created_at') return undefined
  const { values, bind } = bindings()
  const rest = metadata.filter((one) => one !== found)
  const checks = userConditions({ ...others, metadata: rest }, bind, reader.partsOf)
  const conditions = [entryCondition(found, bind, 'entries')]
  if (checks.length > 0) {
    const own = 'SELECT 1 FROM user_lists WHERE user_lists.id = entries.user_id'
    conditions.push(`EXISTS (${own} AND ${allOf(checks)})`)
  }
  const [way, next] = direction === 'ascending' ? ['ASC', '>'] : ['DESC', '<']
  if (after) conditions.push(`(created_at, user_id) ${next} (${bind(after.createdAt)}::bigint, ${bind(after.id)})`)
  const where = conditions.join(' AND ')
  const order = `created_at ${way}, user_id ${way}`
  const rows = await run(
    reader.runner,
    `SELECT data FROM (
      SELECT user_id, created_at FROM metadata_entries AS entries WHERE ${where}
      ORDER BY ${order} LIMIT ${bind(limit)}::int OFFSET ${bind(offset)}::int
    ) AS page JOIN users ON users.id = page.user_id ORDER BY ${order}`,
    values,
  )
  return rows.map(({ data }) => readJson(String(data)) as UserRow)
}

/** Counts users. */
export function countUsers(reader: ListReader, filter: UserFilter): Promise<number> {
  return count(reader, filter, 'TRUE')
}

/** Skips to a page by what lists are kept by alone, then reads its rows. */
async function readPage(
  reader: ListReader,
  { filter, orderBy, direction, after }: UserQuery,
  stretch: string,
  limit: number,
  offset: number,
): Promise<readonly UserRow[]> {
  const { values, bind } = bindings()
  const conditions = userConditions(filter, bind, reader.partsOf)
  const [way, next] = direction === 'ascending' ? ['ASC', '>'] : ['DESC', '<']
  const isAfter = after && `(created_at, id) ${next} (${bind(after.createdAt)}::bigint, ${bind(after.id)})`
  const { source, where } = placeOf(orderBy, conditions, [stretch, ...(isAfter ? [isAfter] : [])])
  const order = orderBy === 'id' ? `id ${way}` : `${orderBy} ${way}, id ${way}`
  const rows = await run(
    reader.runner,
    `SELECT data FROM (
      SELECT id, ${orderBy} AS value FROM ${source} WHERE ${where}
      ORDER BY ${order} LIMIT ${bind(limit)}::int OFFSET ${bind(offset)}::int
    ) AS page JOIN users USING (id) ORDER BY value ${way}, id ${way}`,
    values,
    !looksForParts(filter),
  )
  return rows.map(({ data }) => readJson(String(data)) as UserRow)
}

async function count(reader: ListReader, filter: UserFilter, stretch: string): Promise<number> {
  const { values, bind } = bindings()
  const { source, where } = placeOf('id', userConditions(filter, bind, reader.partsOf), [stretch])
  const text = `SELECT count(*) AS total FROM ${source} WHERE ${where}`
  const [row] = await run(reader.runner, text, values, !looksForParts(filter))
  return Number(row?.['total'])
}

function allOf(conditions: readonly UserCondition[]): string {
  return conditions.map(({ sql }) => sql).join(' AND ') || 'TRUE'
}

/**
 * Where to look for users, and what must hold of them there. Those that are named are found first and by themselves: how
 * many addresses out of an array will fit is anybody's guess, and by its own the planner would rather walk all users in
 * their order.
 */
function placeOf(
  orderBy: UserOrder,
  conditions: readonly UserCondition[],
  others: readonly string[],
): { readonly source: string; readonly where: string } {
  const naming = conditions.filter(({ isNaming }) => isNaming)
  const rest = conditions.filter(({ isNaming }) => !isNaming)
  const where = [...rest.map(({ sql }) => sql), ...others].join(' AND ')
  const lists =
    naming.length > 0 ? `(SELECT * FROM user_lists WHERE ${allOf(naming)} OFFSET 0) AS user_lists` : 'user_lists'
  // The one order that is not kept with the others, since every write changes it.
  if (orderBy !== 'updated_at') return { source: lists, where }
  const isFiltered = conditions.length > 0 || others.some((condition) => condition !== 'TRUE')
  const source = isFiltered ? `${lists} JOIN (SELECT id, updated_at FROM users) AS updates USING (id)` : 'users'
  return { source, where }
}
