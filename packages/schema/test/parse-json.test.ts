import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scaled } from '../../conformance/scaled.ts'
import { JsonTextError, parseJson } from '../src/index.ts'

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
