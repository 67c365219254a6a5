import { readJson } from '@acme/schema'
import { type MetadataCondition, meetsMetadata } from '../metadata-key.ts'
import type { UserRow } from '../rows.ts'
import type { UserFilter, UserOrder, UserQuery } from '../storage.ts'
import {
  countEntries,
  type Entry,
  entriesAfter,
  findNarrowest,
  isExact,
  readMatching,
  sortEntries,
} from './metadata-lists.ts'
import { type Condition, every, type Sql } from './sqlite-database.ts'
import type { Pause } from './turns.ts'
import { bannedCondition, type Part, rangeCondition, type UserConditions, userConditions } from './user-conditions.ts'
import { type Order, type Place, placeOf, toOrder } from './user-order.ts'
import { findPart } from './user-parts.ts'

/** How much one statement does. */
export interface ListBounds {
  /** As many users as are sorted one by one; of more, a page is found sooner by going through their order. */
  readonly few: number
  /** As many users as are counted one by one; of more, it is sooner to go through all. */
  readonly many: number
  /** How many rows of an order are compared, before others may run. */
  readonly compared: number
  /** How many entries of an index are counted. */
  readonly counted: number
}

/** What a list reads with. */
export interface Reading {
  readonly sql: Sql
  /** To be called before entries of indexes are read, in each turn. */
  readonly openEntries: () => void
  readonly pause: Pause
  readonly bounds: ListBounds
}

/** The bounds that keep each statement within a few milliseconds. */
export const listBounds: ListBounds = { few: 1_000, many: 20_000, compared: 500, counted: 50_000 }

/**
 * Reads a page of users. Who is few is found by an index and sorted; else the index of the order is gone through, which
 * finds a page soon since many of them match. What takes long pauses, so that each user is shown as of the moment they
 * were read, and the page not as of one moment.
 */
export async function listUsers(reading: Reading, query: UserQuery): Promise<readonly UserRow[]> {
  const { metadata = [] } = query.filter
  if (metadata.length > 0) return listByMetadata(reading, query, metadata)
  const { sql } = reading
  const conditions = userConditions(query.filter)
  const range = conditions.ranges.find(({ column }) => column === query.orderBy)
  const order = toOrder(query.orderBy, query.direction, range)
  const after = query.after && placeOf(query.after, query.orderBy)
  const checks = checksOf(conditions, order)
  if (checks.length === 0) return readPage(sql, order, after, query)
  let rowids = await findFew(reading, conditions, order.column, reading.bounds.few)
  const walk = { users: new Map<number, UserRow>(), toSkip: query.offset, stretch: 0, place: after }
  if (!rowids) {
    const short = conditions.parts.find(({ text }) => [...text].length < 3)
    // A short part is mostly one that many have, and is found by trigrams only when it is not.
    const isOver = await goThrough(reading, order, checks, walk, query.limit, short ? 4 : Number.POSITIVE_INFINITY)
    if (!isOver && short) rowids = await findHolders(reading, short, reading.bounds.few)
    if (!isOver && !rowids) await goThrough(reading, order, checks, walk, query.limit, Number.POSITIVE_INFINITY)
  }
  if (!rowids) return [...walk.users.values()]
  return sortFew(sql, rowids, [...checks, ...(range ? [rangeCondition(range)] : [])], order, after, query)
}

/** Counts users. */
export async function countUsers(reading: Reading, filter: UserFilter): Promise<number> {
  const { metadata = [] } = filter
  if (metadata.length > 0) return countByMetadata(reading, filter, metadata)
  const { sql, bounds } = reading
  const conditions = userConditions(filter)
  const { isBanned, ranges, parts } = conditions
  const checks = checksOf(conditions)
  if (checks.length === 0 && ranges.length === 0) {
    return (sql(`SELECT total FROM totals WHERE name = 'users'`).get() as Total).total
  }
  if (isBanned !== undefined && checks.length === 1 && ranges.length === 0) {
    const banned = (sql('SELECT count(*) AS total FROM users WHERE is_banned').get() as Total).total
    return isBanned ? banned : (await countUsers(reading, {})) - banned
  }
  const rowids =
    (await findFew(reading, conditions, undefined, bounds.many)) ??
    (await firstFound(parts, (part) => findHolders(reading, part, bounds.few)))
  if (rowids) return countAmong(reading, rowids, [...checks, ...ranges.map(rangeCondition)])
  const [range, ...others] = ranges
  const order = toOrder((range?.column ?? 'created_at') as UserOrder, 'ascending', range)
  return countThrough(reading, order, [...checks, ...others.map(rangeCondition)])
}

/**
 * Reads a page of users by their metadata. The entries of one value stand in the order of when users were created, so that
 * a page of that order is read from where it begins; of a range of values few are sorted, and of more the order is gone
 * through, which finds a page soon.
 */
async function listByMetadata(
  reading: Reading,
  query: UserQuery,
  metadata: readonly MetadataCondition[],
): Promise<readonly UserRow[]> {
  const { sql, bounds } = reading
  const { orderBy, direction, after } = query
  const conditions = userConditions(query.filter)
  const checks = [...checksOf(conditions), ...conditions.ranges.map(rangeCondition)]
  const isByCreation = orderBy === 'created_at'
  const order = toOrder(orderBy, direction)
  const place = after && placeOf(after, orderBy)
  const inOrder = (condition: MetadataCondition) => {
    const rest = metadata.filter((one) => one !== condition)
    const next: NextEntries = (entry, size) =>
      entriesAfter(reading, condition, direction, entry, Math.ceil(size / condition.ranges.length))
    return goThroughEntries(reading, next, checks, rest, query)
  }
  const sorted = (entries: readonly Entry[]) => {
    const all = sortEntries(entries, direction)
    const next: NextEntries = (entry, size) => {
      const start = entry ? all.findIndex((one) => isBehind(one, entry, direction)) : 0
      return start < 0 ? [] : all.slice(start, start + size)
    }
    return goThroughEntries(reading, next, checks, metadata, query)
  }
  const [only] = metadata
  if (only && isByCreation && metadata.length === 1 && checks.length === 0 && isExact(only)) return inOrder(only)
  const { entries } = findNarrowest(reading, metadata, bounds.few)
  if (entries && isByCreation) return sorted(entries)
  const rowids = entries ? rowidsOf(sql, entries) : await findFew(reading, conditions, undefined, bounds.few)
  if (rowids) return sortFew(sql, meeting(sql, rowids, metadata), checks, order, place, query)
  const exact = metadata.find(isExact)
  if (exact && isByCreation) return inOrder(exact)
  const more = isByCreation ? findNarrowest(reading, metadata, 5 * bounds.few).entries : undefined
  if (more) return sorted(more)
  const walk = { users: new Map<number, UserRow>(), toSkip: query.offset, stretch: 0, place }
  await goThrough(reading, order, checks, walk, query.limit, Number.POSITIVE_INFINITY, metadata)
  return [...walk.users.values()]
}

/** Counts users by their metadata. */
async function countByMetadata(
  reading: Reading,
  filter: UserFilter,
  metadata: readonly MetadataCondition[],
): Promise<number> {
  const { sql, bounds } = reading
  const conditions = userConditions(filter)
  const checks = [...checksOf(conditions), ...conditions.ranges.map(rangeCondition)]
  const { condition, entries } = findNarrowest(reading, metadata, bounds.few)
  const rowids = entries || checks.length === 0 ? undefined : await findFew(reading, conditions, undefined, bounds.few)
  if (rowids) return countAmong(reading, meeting(sql, rowids, metadata), checks)
  const rest = metadata.filter((one) => one !== condition)
  return countEntries(reading, condition, checks, rest)
}

/** Gives the entries behind one, or the first, in the order of a list. */
type NextEntries = (after: Entry | undefined, size: number) => readonly Entry[]

/** Goes through entries until the page is full. */
async function goThroughEntries(
  { sql, pause, bounds }: Reading,
  next: NextEntries,
  checks: readonly Condition[],
  metadata: readonly MetadataCondition[],
  { after, offset, limit }: UserQuery,
): Promise<readonly UserRow[]> {
  const isChecked = checks.length + metadata.length > 0
  const users = new Map<string, UserRow>()
  let toSkip = offset
  for (let place: Entry | undefined = after && { created_at: after.createdAt, user_id: after.id }; ; ) {
    const size = isChecked ? bounds.compared : Math.max(limit, Math.min(toSkip, 10 * bounds.compared))
    const entries = next(place, size)
    if (isChecked || toSkip < entries.length) {
      const some = isChecked ? entries : entries.slice(toSkip, toSkip + limit - users.size)
      const found = readMatching(sql, some, checks, metadata)
      const page = isChecked ? found.slice(toSkip) : found
      for (const user of page) if (users.size < limit) users.set(user.id, user)
      toSkip = isChecked ? Math.max(0, toSkip - found.length) : 0
    } else toSkip -= entries.length
    if (users.size === limit || entries.length === 0) return [...users.values()]
    place = entries.at(-1)
    await pause()
  }
}

function isBehind(entry: Entry, place: Entry, direction: UserQuery['direction']): boolean {
  const later =
    entry.created_at > place.created_at || (entry.created_at === place.created_at && entry.user_id > place.user_id)
  const same = entry.created_at === place.created_at && entry.user_id === place.user_id
  return !same && later === (direction === 'ascending')
}

function rowidsOf(sql: Sql, entries: readonly Entry[]): readonly number[] {
  const ids = JSON.stringify(entries.map(({ user_id }) => user_id))
  const rows = sql('SELECT rowid FROM users WHERE id IN (SELECT value FROM json_each(?))').all(ids)
  return rows.map((row) => (row as Found).rowid)
}

/** Those of some users who meet conditions by their metadata. */
function meeting(sql: Sql, rowids: readonly number[], metadata: readonly MetadataCondition[]): readonly number[] {
  return rowids.filter((rowid) => meetsMetadata(readUser(sql, { rowid }), metadata))
}

interface Total {
  readonly total: number
}

interface Found {
  readonly rowid: number
}

/** The conditions that the order does not see to by itself. */
function checksOf(conditions: UserConditions, order?: Order): readonly Condition[] {
  const { exact, others, parts, isBanned, ranges } = conditions
  return [
    ...exact,
    ...(isBanned === undefined ? [] : [bannedCondition(isBanned)]),
    ...(order ? ranges.filter(({ column }) => column !== order.column).map(rangeCondition) : []),
    ...others,
    ...parts.map(({ condition }) => condition),
  ]
}

/** Finds all that can match by the first condition that few do, or undefined when there is none. */
async function findFew(
  reading: Reading,
  { exact, isBanned, ranges, parts }: UserConditions,
  ordered: string | undefined,
  holders: number,
): Promise<readonly number[] | undefined> {
  const { sql, bounds } = reading
  const [named] = exact
  if (named) return find(sql, named, 1e9)
  const long = parts.filter(({ text }) => [...text].length >= 3)
  const found = await firstFound(long, (part) => findHolders(reading, part, holders))
  if (found) return found
  const indexed = ranges.filter(({ column }) => column !== ordered).map(rangeCondition)
  if (isBanned) indexed.push(bannedCondition(true))
  return firstFound(indexed, async (condition) => find(sql, condition, bounds.few))
}

async function findHolders(
  { sql, pause, bounds }: Reading,
  part: Part,
  most: number,
): Promise<readonly number[] | undefined> {
  const begun = part.begun ? find(sql, part.begun, bounds.few) : []
  const held = begun && (await findPart(sql, part.text, most, pause))
  return held && [...begun, ...held]
}

function find(sql: Sql, { sql: where, values }: Condition, most: number): readonly number[] | undefined {
  const rows = sql(`SELECT rowid FROM users WHERE ${where} LIMIT ?`).all(...values, most + 1)
  return rows.length > most ? undefined : rows.map((row) => (row as Found).rowid)
}

async function firstFound<Item, Result>(
  items: readonly Item[],
  find: (item: Item) => Promise<Result | undefined>,
): Promise<Result | undefined> {
  for (const item of items) {
    const found = await find(item)
    if (found) return found
  }
  return undefined
}

function amongRowids(rowids: readonly number[]): Condition {
  return { sql: 'rowid IN (SELECT value FROM json_each(?))', values: [JSON.stringify(rowids)] }
}

function sortFew(
  sql: Sql,
  rowids: readonly number[],
  checks: readonly Condition[],
  order: Order,
  after: Place | undefined,
  { limit, offset }: UserQuery,
): readonly UserRow[] {
  const where = every([amongRowids(rowids), ...checks, ...(after ? [order.after(after)] : [])])
  const rows = sql(`SELECT rowid FROM users WHERE ${where.sql} ORDER BY ${order.overall} LIMIT ? OFFSET ?`).all(
    ...where.values,
    limit,
    offset,
  )
  return rows.map((row) => readUser(sql, row))
}

/** Skips to a page by the index alone, then reads its rows. */
function readPage(sql: Sql, order: Order, after: Place | undefined, { limit, offset }: UserQuery): readonly UserRow[] {
  const found: unknown[] = []
  let toSkip = offset
  for (const [index, stretch] of order.stretches.entries()) {
    const { sql: where, values } = stretch.between(after, undefined)
    const from = `FROM users INDEXED BY ${order.index} WHERE ${where}`
    const rows = sql(`SELECT rowid ${from} ORDER BY ${order.within} LIMIT ? OFFSET ?`).all(
      ...values,
      limit - found.length,
      toSkip,
    )
    found.push(...rows)
    if (found.length === limit || index === order.stretches.length - 1) break
    if (rows.length > 0) toSkip = 0
    else if (toSkip > 0) toSkip -= (sql(`SELECT count(*) AS total ${from}`).get(...values) as Total).total
  }
  return found.map((row) => readUser(sql, row))
}

/** How far an order has been gone through, and the users of the page that were found. */
interface Walk {
  readonly users: Map<number, UserRow>
  toSkip: number
  stretch: number
  place: Place | undefined
}

/** Goes on through an order, some steps at most, until the page is full; says whether it is, or the order is over. */
async function goThrough(
  { sql, pause, bounds }: Reading,
  order: Order,
  checks: readonly Condition[],
  walk: Walk,
  limit: number,
  steps: number,
  metadata: readonly MetadataCondition[] = [],
): Promise<boolean> {
  const check = every(checks)
  for (let step = 0; step < steps; step++) {
    const stretch = order.stretches[walk.stretch]
    if (!stretch) return true
    const edge = edgeOf(sql, order, stretch.between(walk.place, undefined), bounds.compared)
    const where = every([stretch.between(walk.place, edge), check])
    const found = sql(
      `SELECT rowid FROM users INDEXED BY ${order.index} WHERE ${where.sql} ORDER BY ${order.within}`,
    ).all(...where.values) as Found[]
    const rows = metadata.length > 0 ? found.filter((row) => meetsMetadata(readUser(sql, row), metadata)) : found
    for (const row of rows.slice(walk.toSkip)) {
      if (walk.users.size < limit) walk.users.set(row.rowid, readUser(sql, row))
    }
    walk.toSkip = Math.max(0, walk.toSkip - rows.length)
    if (walk.users.size === limit) return true
    walk.place = edge
    if (!edge) walk.stretch++
    await pause()
  }
  return false
}

/** The place so many rows on, or undefined when there are no more than that. */
function edgeOf(sql: Sql, order: Order, where: Condition, rows: number): Place | undefined {
  return sql(
    `SELECT ${order.column} AS value, id FROM users INDEXED BY ${order.index} WHERE ${where.sql} ORDER BY ${order.within} LIMIT 1 OFFSET ?`,
  ).get(...where.values, rows) as Place | undefined
}

async function countAmong(
  { sql, pause, bounds }: Reading,
  rowids: readonly number[],
  checks: readonly Condition[],
): Promise<number> {
  // In the order in which they are stored, and each once.
  const sorted = [...new Set(rowids)].sort((a, b) => a - b)
  let total = 0
  for (let start = 0; start < sorted.length; start += bounds.compared) {
    const where = every([amongRowids(sorted.slice(start, start + bounds.compared)), ...checks])
    total += (sql(`SELECT count(*) AS total FROM users WHERE ${where.sql}`).get(...where.values) as Total).total
    await pause()
  }
  return total
}

async function countThrough(
  { sql, pause, bounds }: Reading,
  order: Order,
  checks: readonly Condition[],
): Promise<number> {
  const rows = checks.length > 0 ? bounds.compared : bounds.counted
  let total = 0
  for (const stretch of order.stretches) {
    for (let place: Place | undefined; ; ) {
      const edge = edgeOf(sql, order, stretch.between(place, undefined), rows)
      // The index alone has told how many there are up to the edge.
      if (edge && checks.length === 0) total += rows + 1
      else {
        const where = every([stretch.between(place, edge), ...checks])
        const count = sql(`SELECT count(*) AS total FROM users INDEXED BY ${order.index} WHERE ${where.sql}`)
        total += (count.get(...where.values) as Total).total
      }
      await pause()
      if (!edge) break
      place = edge
    }
  }
  return total
}

function readUser(sql: Sql, row: unknown): UserRow {
  const { data } = sql('SELECT data FROM users WHERE rowid = ?').get((row as Found).rowid) as { data: string }
  return readJson(data) as UserRow
}
