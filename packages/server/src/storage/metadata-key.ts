import { isJsonObject, type JsonValue, type Kind } from '@acme/schema'
import type { UserRow } from './rows.ts'

/** Keys from one on and up to another, which is left out. */
export interface KeyRange {
  readonly from: string
  readonly before: string
}

/** What the value at an indexed path must be: that its key is within one of some ranges. */
export interface MetadataCondition {
  /** The kind and the keys from the outside in, `private.billing.customerId` for example. */
  readonly path: string
  readonly ranges: readonly KeyRange[]
}

/** How many characters of a text are in its key: rows of indexes are small. What is longer ends in {@link cutMark}. */
export const keptCharacters = 512
const cutMark = '\u0001'

/** Behind every letter and digit of a number's or a time's key. */
const last = '~'

/** A date or a date and time (RFC 3339); what is written so is ordered by the moment. */
const time = /^\d{4}-\d\d-\d\d(?:[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d))?$/

/**
 * The key of a value: a text whose order, by bytes as by code points, is that of the values of one type. The first letter
 * is the type. Objects and arrays have one key for all: it tells that they are there.
 */
export function metadataKey(value: JsonValue): string {
  if (typeof value === 'string') {
    const moment = momentOf(value)
    return moment === undefined ? `s${cut(value)}` : `t${ordered(moment)}${value}`
  }
  if (typeof value === 'number') return `n${ordered(value)}`
  if (typeof value === 'boolean') return value ? 'b1' : 'b0'
  return value === null ? 'z' : 'o'
}

/** The keys of one value alone. Of a text that is longer than {@link keptCharacters} there are none. */
export function keysEqualTo(value: JsonValue): KeyRange {
  const from = metadataKey(value)
  return { from, before: `${from}\u0001` }
}

/** The keys of whatever is there. */
export const everyKey: KeyRange = { from: '', before: last }

/** How values compare with a bound. */
export type Comparison = 'gt' | 'gte' | 'lt' | 'lte'

/** The keys of the numbers beyond a number, or of the times beyond a time; undefined for a bound that is neither. */
export function keysBeyond(comparison: Comparison, bound: JsonValue): KeyRange | undefined {
  const type = typeof bound === 'number' ? 'n' : 't'
  const number = typeof bound === 'number' ? bound : momentOf(bound)
  if (number === undefined) return undefined
  const key = `${type}${ordered(number)}`
  const behind = key + last
  if (comparison === 'gt' || comparison === 'gte')
    return { from: comparison === 'gt' ? behind : key, before: type + last }
  return { from: type, before: comparison === 'lt' ? key : behind }
}

/** The keys that are in both of two ranges. */
export function inBoth(a: KeyRange, b: KeyRange): KeyRange {
  const [, from = ''] = [a.from, b.from].sort()
  const [before = ''] = [a.before, b.before].sort()
  return { from, before }
}

/** Whether a range holds the keys of one value alone. */
export function isOneKey({ from, before }: KeyRange): boolean {
  return before === `${from}\u0001`
}

/** The value at a path; undefined when there is none. */
export function valueAt(metadata: UserRow['metadata'], path: string): JsonValue | undefined {
  const [kind = '', ...steps] = path.split('.')
  let value: JsonValue | undefined = metadata[kind as Kind]
  for (const step of steps) value = isJsonObject(value) && Object.hasOwn(value, step) ? value[step] : undefined
  return value
}

/** What a user has in the indexes: the keys, by the paths that are kept of them. */
export function metadataEntries(user: UserRow | undefined): ReadonlyMap<string, string> {
  const entries = new Map<string, string>()
  for (const path of user?.indexed ?? []) {
    const value = valueAt(user?.metadata as UserRow['metadata'], path)
    if (value !== undefined) entries.set(path, metadataKey(value))
  }
  return entries
}

/** Whether two rows of a user have the same entries, without making them where nothing can have changed. */
export function isIndexedAlike(a: UserRow, b: UserRow): boolean {
  if (a.metadata === b.metadata && a.indexed === b.indexed) return true
  const [one, other] = [metadataEntries(a), metadataEntries(b)]
  return one.size === other.size && [...one].every(([path, key]) => other.get(path) === key)
}

/** Whether a user meets all of some conditions. */
export function meetsMetadata(user: UserRow, conditions: readonly MetadataCondition[]): boolean {
  return conditions.every(({ path, ranges }) => {
    const value = valueAt(user.metadata, path)
    if (value === undefined) return false
    const key = metadataKey(value)
    return ranges.some(({ from, before }) => key >= from && key < before)
  })
}

function cut(text: string): string {
  if (text.length <= keptCharacters) return text
  // Not between the halves of a character.
  const isHalf = /[\ud800-\udbff]$/.test(text.slice(0, keptCharacters))
  return text.slice(0, keptCharacters - (isHalf ? 1 : 0)) + cutMark
}

function momentOf(value: JsonValue): number | undefined {
  if (typeof value !== 'string' || !time.test(value)) return undefined
  const moment = Date.parse(value)
  return Number.isNaN(moment) ? undefined : moment
}

const bits = new DataView(new ArrayBuffer(8))

/** A number (IEEE 754, 64 bits) as 16 digits whose order is that of the numbers. */
function ordered(value: number): string {
  // There is one zero.
  bits.setFloat64(0, value === 0 ? 0 : value)
  const isNegative = value < 0
  const [high, low] = [bits.getUint32(0), bits.getUint32(4)]
  return hex(isNegative ? ~high : high ^ 0x80000000) + hex(isNegative ? ~low : low)
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0')
}
