import { isJsonObject, type JsonValue } from '@acme/schema'
import { ucs2length, validate } from '@cfworker/json-schema'

/** Whether a value is as a keyword says, which looks at it and at nothing in it. What a keyword is not for, it takes. */
type Assertion = (value: JsonValue, limit: never) => boolean

const forNumber =
  (holds: (number: number, limit: number) => boolean): Assertion =>
  (value, limit) =>
    typeof value !== 'number' || holds(value, limit)
const forText =
  (holds: (length: number, limit: number) => boolean): Assertion =>
  (value, limit) =>
    typeof value !== 'string' || holds(ucs2length(value), limit)
const forItems =
  (holds: (length: number, limit: number) => boolean): Assertion =>
  (value, limit) =>
    !Array.isArray(value) || holds(value.length, limit)
const forKeys =
  (holds: (length: number, limit: number) => boolean): Assertion =>
  (value, limit) =>
    !isJsonObject(value) || holds(Object.keys(value).length, limit)

const atMost = (size: number, limit: number) => size <= limit
const atLeast = (size: number, limit: number) => size >= limit

/** The keywords that look at one value and at nothing in it. */
export const schemaAssertions: Readonly<Record<string, Assertion>> = {
  type: (value, types: string | readonly string[]) =>
    typeof types === 'string' ? isOfType(value, types) : types.some((type) => isOfType(value, type)),
  maximum: forNumber(atMost),
  minimum: forNumber(atLeast),
  exclusiveMaximum: forNumber((number, limit) => number < limit),
  exclusiveMinimum: forNumber((number, limit) => number > limit),
  // The library divides decimals as they are written, not as a double holds them.
  multipleOf: forNumber((number, multipleOf) => validate(number, { multipleOf }, '2020-12', {}).valid),
  maxLength: forText(atMost),
  minLength: forText(atLeast),
  maxItems: forItems(atMost),
  minItems: forItems(atLeast),
  maxProperties: forKeys(atMost),
  minProperties: forKeys(atLeast),
}

function isOfType(value: JsonValue, type: string): boolean {
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'object') return isJsonObject(value)
  if (type === 'array') return Array.isArray(value)
  return type === 'null' ? value === null : typeof value === type
}
