import type { JsonObject, JsonValue } from '@acme/schema'
import fc from 'fast-check'

/** Keys that break what mistakes inherited members for own ones, orders keys by number, or has a meaning for some. */
const hostileKeys = [
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  '__defineGetter__',
  '__lookupSetter__',
  'toJSON',
  'then',
  'length',
  '$ref',
  '0',
  '-1',
  '',
  'a.b',
  'a[0]',
  'public_metadata',
  'private_metadata',
  '\u2028',
  '😀',
] as const

const plain = (text: string) => !/[\0\p{Surrogate}]/u.test(text)
const text = fc.string({ unit: 'grapheme', maxLength: 6 }).filter(plain)
const key = fc
  .oneof(
    { weight: 3, arbitrary: fc.constantFrom('a', 'b', 'c', 'd') },
    { weight: 2, arbitrary: fc.constantFrom(...hostileKeys) },
    { weight: 1, arbitrary: text },
  )
  .filter((key) => key !== '__proto__')
const scalar = fc.oneof(
  text,
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  // JSON has one zero.
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
)

/** Metadata with the keys above, and null anywhere: few keys, so that two of them meet. */
export const metadata: fc.Arbitrary<JsonObject> = fc.letrec<{ value: JsonValue; object: JsonObject }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 5 },
    scalar,
    tie('object'),
    fc.array(fc.oneof(scalar, tie('object')), { maxLength: 3 }),
  ),
  object: fc.dictionary(key, tie('value'), { maxKeys: 5, noNullPrototype: true }),
})).object
