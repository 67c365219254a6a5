import { Validator } from '@cfworker/json-schema'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { scaled } from '../../conformance/scaled.ts'
import { maxIssues } from '../src/domain/metadata/schema-judgement.ts'
import { createValidator } from '../src/domain/metadata/schema-validator.ts'

type Value = Record<string, never>

/** What judging a value costs, to the power of two above it. */
function costOf(schema: object, value: object): number {
  for (let allowed = 1; ; allowed *= 2) {
    try {
      createValidator(schema as Value, allowed)(value as Value)
      return allowed
    } catch (error) {
      if ((error as Error).name !== 'TooMuchWork') throw error
    }
  }
}

const issuesOf = (schema: object, value: object) => createValidator(schema as Value)(value as Value)

const node = z.lazy((): z.ZodType => {
  const children = z.array(node)
  return z.discriminatedUnion('type', [
    z.object({ type: z.literal('group'), children }),
    z.object({ type: z.literal('quote'), children }),
  ])
})
const tree = z.toJSONSchema(z.object({ root: node }), { io: 'input' })
const five = {
  $defs: {
    node: {
      oneOf: ['paragraph', 'heading', 'list', 'quote', 'group'].map((type) => ({
        type: 'object',
        properties: { type: { const: type }, children: { type: 'array', items: { $ref: '#/$defs/node' } } },
        required: ['type'],
      })),
    },
  },
  properties: { root: { $ref: '#/$defs/node' } },
}
const linked = {
  $defs: {
    node: {
      anyOf: ['group', 'quote'].map((type) => ({
        properties: { type: { const: type }, children: { $ref: '#/$defs/node' } },
        required: ['type'],
      })),
    },
  },
  properties: { root: { $ref: '#/$defs/node' } },
}

/** A tree of one branch, as deep as metadata may be, or a list of nodes within nodes. */
function nested(depth: number, isList: boolean): object {
  const children = depth > 1 ? nested(depth - 1, isList) : undefined
  return { type: depth % 2 ? 'group' : 'quote', children: isList ? (children ? [children] : []) : (children ?? {}) }
}

describe('a value costs no more than its size times that of the schema', () => {
  test.each([
    ['a union of two types, as zod writes it', tree, true],
    ['a union of five types', five, true],
    ['a union without lists', linked, false],
  ])('%s', (_, schema, isList) => {
    const [short, long] = [7, 14].map((depth) => costOf(schema, { root: nested(depth, isList) })) as [number, number]
    expect(long).toBeLessThan(2_000)
    expect(long / short).toBeLessThanOrEqual(4)
  })

  test('references that double', () => {
    const $defs: Record<string, object> = { d16: { type: 'object' } }
    for (let at = 0; at < 16; at++) $defs[`d${at}`] = { allOf: [1, 2].map(() => ({ $ref: `#/$defs/d${at + 1}` })) }
    expect(costOf({ $defs, $ref: '#/$defs/d0' }, { a: 1 })).toBeLessThan(200)
    $defs['d16'] = { properties: { a: { type: 'string' } } }
    // Told once, though 65,536 ways lead there.
    expect(issuesOf({ $defs, $ref: '#/$defs/d0' }, { a: 1 })).toEqual([{ path: ['a'], keyword: 'type' }])
  })

  test('lists whose items are unlike, and values that are one of many', () => {
    const items = Array.from({ length: 2_000 }, (_, index) => (index % 2 ? [index] : { index, z: [] }))
    expect(costOf({ properties: { a: { uniqueItems: true } } }, { a: items })).toBeLessThan(10_000)
    expect(costOf({ properties: { a: { items: { enum: items } } } }, { a: items })).toBeLessThan(10_000)
    const same = { properties: { a: { uniqueItems: true, contains: { const: { x: 1, y: 2 } } } } }
    expect(issuesOf(same, { a: [{ x: 1, y: 2 }, { y: 2 }] })).toEqual([])
    expect(
      issuesOf(same, {
        a: [
          { x: 1, y: 2 },
          { y: 2, x: 1 },
        ],
      }),
    ).toEqual([{ path: ['a'], keyword: 'uniqueItems' }])
  })

  test('texts by patterns and by the formats of the library', () => {
    const text = `http://${'a'.repeat(8_000)} `
    for (const rule of [{ pattern: '^(\\w+\\s?)*$' }, { format: 'url' }, { format: 'uri' }, { format: 'email' }]) {
      const schema = { properties: { a: { maxLength: 64, ...rule } } }
      expect(costOf(schema, { a: text })).toBeLessThan(200_000)
      expect(issuesOf(schema, { a: text }).map(({ keyword }) => keyword)).toEqual(['maxLength', Object.keys(rule)[0]])
    }
  })

  test('what costs too much all the same is given up, and what breaks everything is told in part', () => {
    const anyOf = Array.from({ length: 1_000 }, (_, index) => ({ const: index + 10 }))
    const a = Array.from({ length: 4_000 }, () => 0)
    expect(() => issuesOf({ properties: { a: { items: { anyOf } } } }, { a })).toThrow(
      expect.objectContaining({ name: 'TooMuchWork' }),
    )
    expect(issuesOf({ properties: { a: { items: { type: 'string' } } } }, { a })).toHaveLength(maxIssues)
  })
})

test.each([
  ['https://example.com/a?b#c', true],
  ['http://bücher.example', true],
  ['ftp://example.com', true],
  ['javascript:alert(1)', false],
  ['https://a b', false],
  ['https://', false],
])('the url %s', (a, isUrl) => {
  expect(issuesOf({ properties: { a: { format: 'url' } } }, { a })).toEqual(
    isUrl ? [] : [{ path: ['a'], keyword: 'format' }],
  )
})

// The library, which this took the place of, is the reference: small values are judged by it in no time.
const scalar = fc.constantFrom<unknown>(null, true, 0, 1, 2.5, '', 'a', 'ab')
const key = fc.constantFrom('a', 'b', 'c')
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
}))
const object = fc.dictionary(key, value, { maxKeys: 3, noNullPrototype: true })

const types = fc.constantFrom('object', 'array', 'string', 'number', 'integer', 'null', 'boolean')
const { schema } = fc.letrec<{ schema: unknown; member: unknown }>((tie) => {
  const inPlace = {
    allOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }),
    anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }),
    oneOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }),
    not: tie('schema'),
    if: tie('schema'),
    // biome-ignore lint/suspicious/noThenProperty: it is the keyword's name, and nobody awaits this
    then: tie('schema'),
    else: tie('schema'),
    dependentSchemas: fc.dictionary(key, tie('schema'), { maxKeys: 2, noNullPrototype: true }),
  }
  const deeper = {
    properties: fc.dictionary(key, tie('member'), { maxKeys: 3, noNullPrototype: true }),
    patternProperties: fc.dictionary(fc.constantFrom('^a', 'b|c'), tie('member'), {
      maxKeys: 2,
      noNullPrototype: true,
    }),
    additionalProperties: tie('member'),
    propertyNames: tie('schema'),
    prefixItems: fc.array(tie('member'), { minLength: 1, maxLength: 2 }),
    items: tie('member'),
    contains: tie('member'),
  }
  const plain = {
    type: fc.oneof(types, fc.uniqueArray(types, { minLength: 1, maxLength: 3 })),
    enum: fc.array(value, { minLength: 1, maxLength: 3 }),
    const: value,
    required: fc.uniqueArray(key, { maxLength: 2 }),
    dependentRequired: fc.dictionary(key, fc.uniqueArray(key, { maxLength: 2 }), { maxKeys: 2, noNullPrototype: true }),
    minProperties: fc.nat(3),
    maxProperties: fc.nat(3),
    minItems: fc.nat(3),
    maxItems: fc.nat(3),
    minContains: fc.nat(2),
    maxContains: fc.nat(2),
    uniqueItems: fc.boolean(),
    minimum: fc.nat(2),
    maximum: fc.nat(2),
    exclusiveMinimum: fc.nat(2),
    exclusiveMaximum: fc.nat(2),
    multipleOf: fc.constantFrom(0.5, 1, 2),
    minLength: fc.nat(2),
    maxLength: fc.nat(2),
    pattern: fc.constantFrom('^a', 'b$', '^$'),
    format: fc.constantFrom('date', 'email', 'anything'),
  }
  const some = (model: Record<string, fc.Arbitrary<unknown>>, most: number) =>
    fc.subarray(Object.keys(model), { maxLength: most }).chain((names) => {
      const chosen = names.map((name) => [name, model[name] as fc.Arbitrary<unknown>] as const)
      return fc.record(Object.fromEntries(chosen), { noNullPrototype: true })
    })
  const leaf = fc.oneof({ weight: 1, arbitrary: fc.boolean() }, { weight: 4, arbitrary: some(plain, 2) })
  const branch = fc
    .tuple(some(plain, 1), some(inPlace, 2), some(deeper, 2))
    .map((parts) => Object.assign({}, ...parts) as object)
  return {
    schema: fc.oneof({ maxDepth: 3, depthSize: 'small' }, leaf, branch),
    // What is deeper may lead back, and may look at what was evaluated: for the library, only where nothing was before.
    member: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      leaf,
      branch,
      fc.constantFrom({ $ref: '#/$defs/one' }, { $ref: '#/$defs/two' }),
      fc
        .tuple(branch, fc.record({ unevaluatedProperties: leaf, unevaluatedItems: leaf }))
        .map(([one, two]) => ({ ...one, ...two })),
    ),
  }
})

test('recursive schemas are judged as the library judges them, with the same issues', () => {
  const seen = { valid: 0, invalid: 0 }
  const root = fc.record({
    $defs: fc.record({ one: schema, two: schema }),
    properties: fc.record({ a: schema, b: schema }),
  })
  fc.assert(
    fc.property(root, fc.array(object, { minLength: 5, maxLength: 5 }), (schema, values) => {
      const library = new Validator(structuredClone(schema) as object, '2020-12', false)
      const validate = createValidator(schema as never)
      for (const value of values) {
        const expected = library.validate(value).errors.filter(({ keyword }) => !wrappers.has(keyword))
        const issues = validate(value as never)
        seen[expected.length ? 'invalid' : 'valid']++
        const found = new Set(issues.map(({ path, keyword }) => `${['#', ...path].join('/')} ${keyword}`))
        expect(found).toEqual(new Set(expected.map((one) => `${one.instanceLocation} ${one.keyword}`)))
      }
    }),
    { numRuns: scaled(5_000) },
  )
  expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(scaled(500))
})

/** Keywords that only say that something inside them failed, which has an entry of its own. */
const wrappers: ReadonlySet<string> = new Set(
  (
    'properties patternProperties additionalProperties unevaluatedProperties items prefixItems unevaluatedItems allOf ' +
    '$ref if dependentSchemas'
  ).split(' '),
)
