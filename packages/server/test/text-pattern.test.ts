import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { scaled } from '../../conformance/scaled.ts'
import { TextPatterns } from '../src/domain/metadata/text-pattern.ts'

/** Tests a text, and gives what it cost. */
function tryPattern(source: string, text: string) {
  let work = 0
  const isFound = new TextPatterns().read(source).test(text, (more) => {
    work += more
  })
  return { isFound, work }
}

function isReadable(source: string): boolean {
  try {
    return Boolean(new TextPatterns().read(source))
  } catch {
    return false
  }
}

const piece = fc.constantFrom(
  'a',
  'b',
  '😀',
  '.',
  '[ab]',
  '[^a]',
  '\\d',
  '\\w',
  '\\p{L}',
  '\\u{61}',
  '\\ud83d\\ude00',
  '\\x62',
)
const edge = fc.constantFrom('^', '$', '\\b', '\\B', '')
const { pattern } = fc.letrec<{ pattern: string; term: string }>((tie) => ({
  pattern: fc
    .array(fc.array(tie('term'), { maxLength: 4 }), { minLength: 1, maxLength: 3 })
    .map((options) => options.map((terms) => terms.join('')).join('|')),
  term: fc.oneof(
    { maxDepth: 4, depthSize: 'medium' },
    piece,
    edge,
    fc.constantFrom('\\1', '\\2', '\\k<name>', '(-?)', '([ab]?)'),
    fc
      .tuple(piece, fc.constantFrom('*', '+', '?', '{2}', '{0}', '{1,}', '{0,2}', '*?', '{1,3}?'))
      .map(([one, times]) => one + times),
    fc
      .tuple(
        fc.constantFrom('(', '(?:', '(?<name>'),
        tie('pattern'),
        fc.constantFrom('', '*', '+', '?', '{2}', '{1,2}'),
      )
      .map(([open, inside, times]) => `${open}${inside})${times}`),
    fc
      .tuple(fc.constantFrom('(?=', '(?!', '(?<=', '(?<!'), tie('pattern'))
      .map(([open, inside]) => `${open}${inside})`),
  ),
}))

test('a pattern finds what the platform finds', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '1', '_', ' ', '\n', '😀', 'é'), maxLength: 8 })
  const found = { yes: 0, no: 0 }
  fc.assert(
    fc.property(pattern, fc.array(text, { minLength: 5, maxLength: 5 }), (source, texts) => {
      // A name may be given twice, a group that is referred to may not be there, or be repeated.
      if (!isReadable(source)) return
      const native = new RegExp(source, 'u')
      for (const text of texts) {
        // The platform looks around in the middle of a pair too, between two characters that are none.
        if (/\(\?<[=!]|\\[bB]/.test(source) && text.includes('😀')) continue
        const isFound = native.test(text)
        found[isFound ? 'yes' : 'no']++
        expect(tryPattern(source, text).isFound).toBe(isFound)
      }
    }),
    { numRuns: scaled(5_000) },
  )
  // A test that sees one answer only would prove nothing.
  expect(Math.min(found.yes, found.no)).toBeGreaterThan(scaled(500))
})

test.each([
  ['^(\\w+\\s?)*$', 'a'],
  ['(a|a)*$', 'a'],
  ['^(a|aa)+$', 'a'],
  ['(.*a){20}', 'b'],
  ['^(([a-z])+.)+[A-Z]([a-z])+$', 'a'],
  ['\\s+$', ' '],
  ['^(?=(a+)+b)(?!(a*)*c).*(?<=(a|aa)+d)$', 'a'],
  ['(?:(?=.*z)(?!.*w).)*y', 'a'],
])('%s costs a text of twice the length twice the work', (source, char) => {
  const [short, long] = [4_000, 8_000].map((length) => tryPattern(source, `${char.repeat(length)}!`).work) as [
    number,
    number,
  ]
  expect(long / short).toBeLessThan(2.1)
  expect(long).toBeLessThan(300_000)
})

const formats = {
  'an e-mail address': z.email(),
  'a UUID': z.uuid(),
  'a CUID': z.cuid(),
  'a second CUID': z.cuid2(),
  'a ULID': z.ulid(),
  'a nano id': z.nanoid(),
  'a date and time': z.iso.datetime({ offset: true, local: true }),
  'a date': z.iso.date(),
  'a duration': z.iso.duration(),
  'an IPv4 address': z.ipv4(),
  'an IPv6 address': z.ipv6(),
  'a network': z.cidrv6(),
  base64: z.base64(),
  base64url: z.base64url(),
  'a telephone number': z.e164(),
  'an emoji': z.emoji(),
}
const likely = (
  'ada@example.com .ada@example.com ada..b@example.com 550e8400-e29b-41d4-a716-446655440000 cjld2cjxh0000qzrmn831i7rn ' +
  '01ARZ3NDEKTSV4RRFFQ69G5FAV V1StGXR8_Z5jdHi6B-myT 2024-02-29T00:00:00+01:00 2024-02-29 2023-02-29 P1DT2H P 10.0.0.1 10.0.0.256 ' +
  '::1 2001:db8::/32 aGVsbG8= aGVsbG8 aGVsb-8 +491234567 😀'
).split(' ')

test.each(Object.entries(formats))('%s, as zod writes it, is found where the platform finds it', (_, schema) => {
  const { pattern = '' } = z.toJSONSchema(schema)
  expect(pattern).not.toBe('')
  const found = likely.filter((text) => tryPattern(pattern, text).isFound)
  expect(found).toEqual(likely.filter((text) => new RegExp(pattern, 'u').test(text)))
  expect(found).not.toEqual([])
  for (const text of likely) expect(tryPattern(pattern, text.repeat(300)).work).toBeLessThan(300_000)
})

test('back references cost what they may, and no more', () => {
  // As arktype writes its ISO dates.
  const date = tryPattern('^\\d{4}(-?)\\d\\d\\1\\d\\d$', '2024-0101')
  expect([date.isFound, date.work < 200]).toEqual([false, true])
  expect(tryPattern('(.*)x\\1$', 'abxab').isFound).toBe(true)
  const spend = (limit: number) => (more: number) => {
    limit -= more
    if (limit < 0) throw new RangeError('enough')
  }
  const text = `${'a'.repeat(4_000)}!`
  expect(() => new TextPatterns().read('(a*)(a*)(a*)\\1\\2\\3b').test(text, spend(100_000))).toThrow('enough')
})

test.each([
  ['a group that is referred to and repeated', '(?:(a|b)\\1)*', /refers back/],
  ['a group that is referred to by look-around', '(?<name>a)(?!\\k<name>)', /refers back/],
  ['flags inside', '(?i:a)', /sets flags/],
  ['repetitions of repetitions', '(?:a{999}){999}', /repeats too much/],
  ['repetitions of nothing', '(?:(?:(?:){9999}){9999}){9999}', /repeats too much/],
  ['what is no pattern', '(', /Invalid regular expression/],
])('%s is not read', (_, source, why) => {
  expect(() => new TextPatterns().read(source)).toThrow(why)
})

test('the patterns of a schema are read as long as all of them are small', () => {
  const patterns = new TextPatterns()
  for (let length = 1_000; length < 1_009; length++) patterns.read(`a{${length}}`)
  expect(() => patterns.read('b{9000}')).toThrow(/alone or with the others/)
})
