import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { scaled } from '../../conformance/scaled.ts'
import { jsonBytes } from '../src/domain/claims/claims-of.ts'
import { largestSize } from '../src/domain/claims/largest-size.ts'
import { createValidator } from '../src/domain/metadata/schema-validator.ts'

const unbounded = Number.POSITIVE_INFINITY

describe('the largest size that a schema lets pass', () => {
  test.each<[object, number]>([
    [{ enum: ['a', 'ääää', 1] }, 10],
    [{ const: { a: [1] } }, 9],
    [{ type: 'boolean' }, 5],
    [{ type: ['boolean', 'null'] }, 5],
    [{ type: 'integer', minimum: -5, maximum: 1_000 }, 4],
    [{ type: 'integer', minimum: 0, maximum: 1e21 }, 25],
    [{ type: 'number' }, 25],
    [{ type: 'string' }, unbounded],
    [{ type: 'string', maxLength: 10 }, 62],
    [{ type: 'string', format: 'date' }, 12],
    [{ type: 'string', pattern: '^[a-z-]{1,20}$' }, 42],
    [{ type: 'string', pattern: '^[\\w]{20}$' }, 42],
    [{ type: 'string', pattern: '^[\\w.]+$', maxLength: 10 }, 22],
    [{ type: 'string', pattern: '^[a-z]*$' }, unbounded],
    [{ type: 'string', pattern: '^[a-z]{2,}$' }, unbounded],
    [{ type: 'string', pattern: '[a-z]{1,20}', maxLength: 10 }, 62],
    [{ type: 'string', pattern: '^[^a]$', maxLength: 10 }, 62],
    [{ type: 'string', format: 'email' }, unbounded],
    [{}, unbounded],
    [{ type: 'array', items: { type: 'boolean' } }, unbounded],
    [{ type: 'array', items: { type: 'boolean' }, maxItems: 3 }, 20],
    [{ type: 'array', prefixItems: [{ const: 1 }, { const: 2 }], items: false }, 6],
    [{ type: 'object', properties: { a: { const: 1 } } }, unbounded],
    [{ type: 'object', properties: { a: { const: 1 }, b: { type: 'boolean' } }, additionalProperties: false }, 18],
    [{ anyOf: [{ const: 'abc' }, { type: 'null' }] }, 5],
    [{ allOf: [{ type: 'string' }, { maxLength: 1 }], type: 'string' }, unbounded],
    [{ allOf: [{ type: 'string', maxLength: 3 }, {}] }, 20],
    [{ $ref: '#/$defs/tree' }, unbounded],
    [{ $ref: '#/$defs/plan' }, 6],
    [{ $ref: '#/$defs/nowhere' }, unbounded],
    [{ $ref: 'https://elsewhere.example' }, unbounded],
  ])('%j', (schema, bytes) => {
    const root = {
      properties: { at: schema },
      $defs: {
        plan: { enum: ['free'] },
        tree: { type: 'object', properties: { left: { $ref: '#/$defs/tree' } }, additionalProperties: false },
      },
    }
    expect(largestSize(root as never, ['at'])).toBe(bytes)
  })

  test('nothing stands where no schema lets anything stand', () => {
    const closed = { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false }
    expect(largestSize(closed, ['b'])).toBe(0)
    expect(largestSize(closed, ['a', 'b'])).toBe(0)
    expect(largestSize(closed, ['toString'])).toBe(0)
    expect(largestSize({ anyOf: [closed, { type: 'null' }] }, ['b'])).toBe(0)
    expect(largestSize({ type: 'object' }, ['b'])).toBe(unbounded)
    const parts = {
      allOf: [{ properties: { a: { const: 1 } } }, { properties: { b: {} } }],
      unevaluatedProperties: false,
    }
    expect(largestSize(parts, ['a'])).toBe(1)
  })

  test('it is never less than what passes', () => {
    const leaf = fc.oneof(
      fc.record({ enum: fc.array(fc.jsonValue({ maxDepth: 1 }), { minLength: 1, maxLength: 3 }) }),
      fc.record({ type: fc.constantFrom('boolean', 'null', 'integer', 'number') }),
      fc.record({ type: fc.constant('integer'), minimum: fc.integer(), maximum: fc.integer() }),
      fc.record({ type: fc.constant('string'), maxLength: fc.nat(6) }),
      fc.record({ pattern: fc.constantFrom('^[ -z]{0,3}$', '^[\\w]?$', '^[a-c]{2}$'), type: fc.constant('string') }),
      fc.record({
        type: fc.constant('array'),
        items: fc.record({ type: fc.constant('boolean') }),
        maxItems: fc.nat(3),
      }),
    )
    const schemas = fc.oneof(
      leaf,
      fc.record({ anyOf: fc.array(leaf, { minLength: 1, maxLength: 3 }) }),
      fc.record({ allOf: fc.array(leaf, { minLength: 1, maxLength: 2 }) }),
      fc.record({
        type: fc.constant('object'),
        properties: fc.dictionary(fc.constantFrom('a', 'é', '"'), leaf),
        additionalProperties: fc.constant(false),
      }),
    )
    const values = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.array(fc.boolean(), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a', 'é', '"'), fc.oneof(fc.integer(), fc.boolean(), fc.string({ maxLength: 6 }))),
    )
    fc.assert(
      fc.property(schemas, values, (schema, value) => {
        const root = { type: 'object', properties: { at: schema }, additionalProperties: false }
        if (createValidator(root as never)({ at: value } as never).length > 0) return
        expect(largestSize(root as never, ['at'])).toBeGreaterThanOrEqual(jsonBytes(value as never))
        expect(largestSize(root as never, [])).toBeGreaterThanOrEqual(jsonBytes({ at: value } as never))
      }),
      { numRuns: scaled(2_000) },
    )
  })
})
