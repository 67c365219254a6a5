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

/** The steps of the paths met so far, and how many are kept: paths of questions are whatever is asked. */
const stepsOf = new Map<string, readonly string[]>()
const pathsKept = 500

function split(path: string): readonly string[] {
  const known = stepsOf.get(path)
  if (known) return known
  const steps = path.split('.')
  if (stepsOf.size < pathsKept) stepsOf.set(path, steps)
  return steps
}

/** The value at a path; undefined when there is none. */
export function valueAt(metadata: UserRow['metadata'], path: string): JsonValue | undefined {
  const [kind = '', ...steps] = split(path)
  let value: JsonValue | undefined = metadata[kind as Kind]
  for (const step of steps) value = isJsonObject(value) && Object.hasOwn(value, step) ? value[step] : undefined
  return value
}

/** What changes of what a user has in the index of a path: the key before and after, undefined where there is none. */
export interface EntryChange {
  readonly path: string
  readonly before: string | undefined
  readonly after: string | undefined
}

/** What changes of the entries of a user; of what most writes leave as it is, nothing is made. */
export function changedEntries(before: UserRow | undefined, after: UserRow | undefined): readonly EntryChange[] {
  const [old = [], kept = []] = [before?.indexed, after?.indexed]
  if (before && after && before.createdAt === after.createdAt && before.metadata === after.metadata && old === kept)
    return []
  const changes: EntryChange[] = []
  for (const path of new Set([...old, ...kept])) {
    const [one, other] = [entryValue(before, old, path), entryValue(after, kept, path)]
    if (one === other && (one === undefined || before?.createdAt === after?.createdAt)) continue
    const change = { path, before: keyOf(one), after: keyOf(other) }
    if (change.before !== change.after || before?.createdAt !== after?.createdAt) changes.push(change)
  }
  return changes
}

function entryValue(user: UserRow | undefined, paths: readonly string[], path: string): JsonValue | undefined {
  return user && paths.includes(path) ? valueAt(user.metadata, path) : undefined
}

function keyOf(value: JsonValue | undefined): string | undefined {
  return value === undefined ? undefined : metadataKey(value)
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
