import type { UserRow } from '../rows.ts'
import type { UserOrder, UserQuery } from '../storage.ts'
import { orderValue } from '../user-text.ts'
import { type Condition, every, type SqliteValue } from './sqlite-database.ts'
import { type Range, rangeCondition } from './user-conditions.ts'

/** A place in an order: the value ordered by and the id that breaks ties. */
export interface Place {
  readonly value: SqliteValue
  readonly id: string
}

/** A part of an order whose rows follow one another in its index: those that have a value, then those that have none. */
export interface Stretch {
  /** The rows after one place and up to another. */
  between(after: Place | undefined, upTo: Place | undefined): Condition
}

/** An order of users as SQL. */
export interface Order {
  readonly column: string
  /** The index that has it, to be named with INDEXED BY: without statistics SQLite may choose another. */
  readonly index: string
  /** For ORDER BY inside of a stretch. */
  readonly within: string
  /** For ORDER BY of any rows; hides the index, which is slow when there are few. */
  readonly overall: string
  readonly stretches: readonly Stretch[]
  /** All rows after a place. */
  after(place: Place): Condition
}

const nullable: Readonly<Record<UserOrder, boolean>> = {
  created_at: false,
  updated_at: false,
  last_sign_in_at: true,
  last_active_at: true,
  email_address: true,
  username: true,
  first_name: true,
  last_name: true,
  id: false,
}

/** The place of a user in an order. */
export function placeOf(user: NonNullable<UserQuery['after']>, orderBy: UserOrder): Place {
  return { value: orderValue(user as UserRow, orderBy), id: user.id }
}

/** Writes an order as SQL, limited to a range of the column it is by. */
export function toOrder(orderBy: UserOrder, direction: UserQuery['direction'], range?: Range): Order {
  const up = direction === 'ascending'
  const [way, next] = up ? (['ASC', '>'] as const) : (['DESC', '<'] as const)
  const column = orderBy
  const key = orderBy === 'id' ? { sql: 'id', marks: '?' } : { sql: `(${column}, id)`, marks: '(?, ?)' }
  const compare = (operator: string, { value, id }: Place): Condition => ({
    sql: `${key.sql} ${operator} ${key.marks}`,
    values: orderBy === 'id' ? [id] : [value, id],
  })
  const isText = !orderBy.endsWith('_at')
  // What is no value is less than every value, so that a least one leaves it out.
  const least: SqliteValue = range?.least ?? (isText ? '' : Number.MIN_SAFE_INTEGER)
  const start = up || range?.most !== undefined ? limitAt(up) : undefined
  const end = up ? (range?.most === undefined ? undefined : limitAt(false)) : limitAt(true)

  function limitAt(lower: boolean): Condition {
    return lower
      ? { sql: `${column} >= ?`, values: [least] }
      : { sql: `${column} <= ?`, values: [range?.most as number] }
  }

  /** A place before the range is no place to start from. */
  const isInside = ({ value }: Place) =>
    up
      ? range?.least === undefined || Number(value) >= range.least
      : range?.most === undefined || Number(value) <= range.most

  const valued: Stretch = {
    between(after, upTo) {
      if (after && after.value === null) return { sql: 'FALSE', values: [] }
      const from = after && isInside(after) ? compare(next, after) : start
      const to = upTo ? compare(`${up ? '<' : '>'}=`, upTo) : end
      return every([from, to].filter((limit) => limit !== undefined))
    },
  }
  const unvalued: Stretch = {
    between(after, upTo) {
      const conditions: Condition[] = [{ sql: `${column} IS NULL`, values: [] }]
      if (after?.value === null) conditions.push({ sql: `id ${next} ?`, values: [after.id] })
      if (upTo) conditions.push({ sql: `id ${up ? '<' : '>'}= ?`, values: [upTo.id] })
      return every(conditions)
    },
  }
  return {
    column,
    index: `users_by_${column}`,
    within: orderBy === 'id' ? `id ${way}` : `${column} ${way}, id ${way}`,
    overall: orderBy === 'id' ? `+id ${way}` : `+${column} ${way} NULLS LAST, id ${way}`,
    stretches: nullable[orderBy] && !range ? [valued, unvalued] : [valued],
    after(place) {
      const later = place.value === null ? unvalued.between(place, undefined) : compare(next, place)
      const none: Condition = { sql: `${column} IS NULL`, values: [] }
      const either = nullable[orderBy] && place.value !== null ? [later, none] : [later]
      const all = { sql: either.map(({ sql }) => `(${sql})`).join(' OR '), values: either.flatMap((one) => one.values) }
      return every(range ? [all, rangeCondition(range)] : [all])
    },
  }
}
