import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scaled } from '../../conformance/scaled.ts'
import { JsonTextError, type JsonValue, parseJson, readJson } from '../src/index.ts'

test('what JSON.stringify writes reads as it was, whatever its white space', () => {
  const value = fc
    .jsonValue({ depthSize: 'small' })
    .filter((json) => !/__proto__|\\u0000|\\ud[89a-f]/i.test(JSON.stringify(json)))
  fc.assert(
    fc.property(value, fc.constantFrom(0, 1, 3), (json, space) => {
      expect(parseJson(JSON.stringify(json, null, space))).toEqual(JSON.parse(JSON.stringify(json)))
    }),
    { numRuns: scaled(10_000) },
  )
})

test('a text is accepted only if JSON.parse accepts it', () => {
  const token = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '"b',
    '1',
    '-',
    '1e5',
    'true',
    'nul',
    ' ',
    '\\',
    '"',
    '\ufeff',
  )
  fc.assert(
    fc.property(fc.array(token, { maxLength: 12 }), (tokens) => {
      const text = tokens.join('')
      let parsed: unknown
      try {
        parsed = parseJson(text)
      } catch (error) {
        expect(error).toBeInstanceOf(JsonTextError)
        return
      }
      expect(parsed).toEqual(JSON.parse(text))
    }),
    { numRuns: scaled(10_000) },
  )
})

test.each([
  ['{"a":1,"b":2,"a":3}', ['a']],
  ['{"a":1,"\\u0061":3}', ['a']],
  ['{"x":[{"a":1,"a":1}]}', ['x', '0', 'a']],
  ['{"a":{"__proto__":1}}', ['a', '__proto__']],
  ['{"a":"\\u0000"}', ['a']],
  ['{"a":["b","\\ud800"]}', ['a', '1']],
  ['{"a":12345678901234567890}', ['a']],
  ['{"a":1e400}', ['a']],
  ['{"a":0.1000000000000000055511151231257827}', ['a']],
])('%s is refused at its path', (text, path) => {
  expect(() => parseJson(text)).toThrow(JsonTextError)
  try {
    parseJson(text)
  } catch (error) {
    expect((error as JsonTextError).path?.map(String)).toEqual(path)
  }
})

test('numbers that a double holds are accepted however they are written', () => {
  expect(parseJson('[0, -0, 1.50, 15e-1, 1E+2, 0.1, 9007199254740991, 5e-324, 1.7976931348623157e308]')).toHaveLength(9)
})

test('a text that nests far too deep is refused without exhausting anything', () => {
  expect(() => parseJson('['.repeat(60_000))).toThrow('deeper')
  expect(() => parseJson('{"a":'.repeat(20_000))).toThrow('deeper')
})

test('keys that are written with escapes are read as what they are, whatever was read before', () => {
  // Each after the other, at the same place of an object: engines remember the keys that followed one another.
  for (const [before, after, key] of [
    ['{"a":[],"\\\\":{}}', '{"a":[],"\\"":{}}', '"'],
    ['{"say \\\\\\"hi":1}', '{"say \\"hi\\"":1}', 'say "hi"'],
    ['{"\\\\":1}', '{"\\n":1}', '\n'],
    ['{"a\\\\u0":1}', '{"a\\u00e9b":1}', 'aéb'],
  ] as const) {
    readJson(before)
    expect(Object.keys(readJson(after) as object).at(-1)).toBe(key)
  }
})

test('what was written is read, with keys of backslashes, quotes and line breaks one after another', () => {
  const text = fc.string({ unit: fc.constantFrom('\\', '"', '\n', 'n', 'u', '0', 'é', ':', '{', '}'), maxLength: 4 })
  const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      fc.oneof(text, fc.integer(), fc.constantFrom(null, true, false, -1.5e-7)),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(text, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }))
  fc.assert(
    fc.property(fc.array(value, { minLength: 2, maxLength: 5 }), (values) => {
      for (const one of values) expect(readJson(JSON.stringify(one, null, 1))).toStrictEqual(one)
    }),
    { numRuns: scaled(10_000) },
  )
})
