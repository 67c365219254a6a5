import { isJsonObject, type JsonObject, type JsonValue } from '@acme/schema'

/** Reads the fields of a record whose types differ between JSON and CSV. */
export interface RecordFields {
  /** The first of the names that has a text; numbers as text. */
  text(...names: string[]): string | null
  /** Whether the first of the names that is there is true, `true` or `t`; undefined where none is there. */
  flag(...names: string[]): boolean | undefined
  /** A time, in milliseconds since the epoch, of a number, or of a text in any form that products write. */
  time(...names: string[]): number | undefined
  /** The value as it is; an empty text is none. */
  value(...names: string[]): JsonValue | undefined
  /** Whether a value says something: no empty text, list or object, not null, false or 0. */
  has(...names: string[]): boolean
}

/** Makes the reader of a record. */
export function fieldsOf(record: JsonObject): RecordFields {
  const value = (...names: string[]) => {
    for (const name of names) {
      const found = Object.hasOwn(record, name) ? record[name] : undefined
      if (found !== undefined && found !== null && found !== '') return found
    }
    return undefined
  }
  return {
    value,
    text(...names) {
      const found = value(...names)
      return typeof found === 'string' ? found : typeof found === 'number' ? String(found) : null
    },
    flag(...names) {
      const found = value(...names)
      if (found === undefined) return undefined
      return found === true || found === 'true' || found === 't' || found === 1 || found === '1'
    },
    time: (...names) => timeOf(value(...names)),
    has: (...names) => names.some((name) => !isNothing(value(name))),
  }
}

function timeOf(value: JsonValue | undefined): number | undefined {
  if (isJsonObject(value)) return timeOf(value['$date'] as JsonValue | undefined)
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? value : undefined
  if (typeof value !== 'string') return undefined
  if (/^\d{1,15}$/.test(value)) return Number(value)
  // PostgreSQL writes `2024-01-31 09:30:00.123456+00`.
  const text = value.replace(/^(\d{4}-\d\d-\d\d) (\d)/, '$1T$2').replace(/([+-]\d\d)$/, '$1:00')
  const time = Date.parse(text)
  return Number.isNaN(time) || time < 0 ? undefined : time
}

function isNothing(value: JsonValue | undefined): boolean {
  if (value === undefined || value === false || value === 0 || value === 'false' || value === '[]') return true
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}
