import { expect, test } from 'vitest'
import { largestPaths } from '../src/metadata/largest-paths.ts'
import { judge } from '../src/metadata/problems.ts'
import { whoMay } from '../src/metadata/who.ts'
import { csv } from '../src/views/users/csv.ts'
import { isHidden, readFilter, toParams, writeFilter } from '../src/views/users/filters.ts'
import { suggest } from '../src/views/users/suggest.ts'

const schemas = {
  public: {
    type: 'object',
    properties: { plan: { $ref: '#/$defs/plan' }, seats: { type: 'integer' }, zip: { type: 'string' } },
    $defs: { plan: { enum: ['free', 'pro'] } },
  },
}
const index = (path: string) => ({ path, state: 'ready' as const, unique: null, duplicates: 0 })

test.each([
  ['public.plan = pro', 'metadata[public][plan]', '"pro"'],
  ['public.seats >= 3', 'metadata_gte[public][seats]', '3'],
  ['public.zip = 01234', 'metadata[public][zip]', '"01234"'],
  ['public.zip = 12345', 'metadata[public][zip]', '"12345"'],
  ['private.billing.id exists', 'metadata[private][billing][id]', ''],
  ['public.plan in free, pro', 'metadata_in[public][plan]', '["free","pro"]'],
  ['unsafe.flag = true', 'metadata[unsafe][flag]', 'true'],
])('%s is asked for as the Backend API reads it', (text, name, value) => {
  const filter = readFilter(text)
  expect(toParams(filter ? [filter] : [], schemas)).toEqual([[name, value]])
  expect(readFilter(writeFilter(filter as never))).toEqual(filter)
})

test.each(['ada', 'ada@example.com', 'plan = pro', 'public.plan =', 'public = pro', 'other.plan = pro'])(
  '%s is no question about metadata',
  (text) => {
    expect(readFilter(text)).toBeUndefined()
  },
)

test('what no page may see is hidden, and nothing else', () => {
  expect(['private.a', 'public.a', 'unsafe.a'].map(isHidden)).toEqual([true, false, false])
})

test('paths that have an index are offered, then the values that the schema lists', () => {
  const indexes = [index('public.plan'), index('private.customer')]
  expect(suggest('pl', indexes, schemas).map(({ text }) => text)).toEqual(['public.plan = '])
  expect(suggest('public.plan = ', indexes, schemas).map(({ text }) => text)).toEqual([
    'public.plan = free',
    'public.plan = pro',
  ])
  expect(suggest('public.plan = p', indexes, schemas).map(({ text }) => text)).toEqual(['public.plan = pro'])
  expect(suggest('ada@example.com', indexes, schemas)).toEqual([])
})

test.each([
  ['=1+1', "'=1+1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  [-5, '-5'],
  ['a,b', '"a,b"'],
  ['say "x"', '"say ""x"""'],
  [{ a: 1 }, '"{""a"":1}"'],
  [null, ''],
])('%j is written into CSV as %s', (value, text) => {
  expect(csv(value)).toBe(text)
})

test('a text is judged by the rules of JSON, of metadata and of the schema, each with its place', () => {
  const messages = (text: string) =>
    judge(text, schemas.public).problems.map(({ path, message }) => [path?.join('.'), message])
  expect(messages('{"plan":"pro","seats":1}')).toEqual([])
  expect(messages('{"plan":"gold"}')).toEqual([['plan', expect.stringContaining('["free","pro"]')]])
  expect(messages('{"seats":"x"}')).toEqual([['seats', expect.stringContaining('integer')]])
  expect(messages('{"plan":')).toEqual([[undefined, 'is not valid JSON']])
  expect(messages('{"a":1,"a":2}')).toEqual([['a', expect.stringContaining('twice')]])
  expect(messages(JSON.stringify({ zip: 'x'.repeat(8_192) }))[0]?.[1]).toContain('8192')
})

test('the largest paths lead to where most of the bytes are', () => {
  const paths = largestPaths({ notes: ['short', 'x'.repeat(900)], plan: 'pro', deep: { a: { b: 'y'.repeat(90) } } })
  expect(paths.map(({ path }) => path)).toEqual([['notes', 1], ['deep', 'a', 'b'], ['plan']])
})

test('who may read and write a kind is what the matrix says', () => {
  expect(whoMay('private').map(({ words }) => words)).toEqual(['cannot see it', 'reads and writes it'])
  expect(whoMay('public').map(({ words }) => words)).toEqual(['reads it', 'reads and writes it'])
  expect(whoMay('unsafe').map(({ words }) => words)).toEqual(['reads and writes it', 'reads and writes it'])
})
