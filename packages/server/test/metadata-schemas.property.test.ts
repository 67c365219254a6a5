import { metadataLimit } from '@acme/schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scaled } from '../../conformance/scaled.ts'
import { sendBackend, startServer } from './setup.ts'

// The reference shares no code with the server: a schema is described by these rules and judged by them; the JSON
// Schema that the server gets is only written from them.
type Rule =
  | { readonly is: 'string'; readonly max: number }
  | { readonly is: 'integer'; readonly min: number }
  | { readonly is: 'oneOf'; readonly values: readonly string[] }
  | { readonly is: 'list'; readonly of: Rule }
  | { readonly is: 'object'; readonly members: Readonly<Record<string, Rule>>; readonly required: readonly string[] }

type Json = unknown
type Members = Record<string, Json>

const isMembers = (value: Json): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function toJsonSchema(rule: Rule): object {
  switch (rule.is) {
    case 'string':
      return { type: 'string', maxLength: rule.max }
    case 'integer':
      return { type: 'integer', minimum: rule.min }
    case 'oneOf':
      return { enum: rule.values }
    case 'list':
      return { type: 'array', items: toJsonSchema(rule.of) }
    case 'object': {
      const properties = Object.fromEntries(Object.entries(rule.members).map(([key, one]) => [key, toJsonSchema(one)]))
      return { type: 'object', properties, required: rule.required, additionalProperties: false }
    }
  }
}

function holds(rule: Rule, value: Json): boolean {
  switch (rule.is) {
    case 'string':
      return typeof value === 'string' && [...value].length <= rule.max
    case 'integer':
      return Number.isInteger(value) && (value as number) >= rule.min
    case 'oneOf':
      return rule.values.includes(value as string)
    case 'list':
      return Array.isArray(value) && value.every((item) => holds(rule.of, item))
    case 'object':
      return (
        isMembers(value) &&
        rule.required.every((key) => Object.hasOwn(value, key)) &&
        Object.entries(value).every(([key, member]) => {
          const one = Object.hasOwn(rule.members, key) ? rule.members[key] : undefined
          return one !== undefined && holds(one, member)
        })
      )
  }
}

function merge(target: Json, patch: Json): Json {
  if (!isMembers(patch)) return patch
  const result: Members = isMembers(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else result[key] = merge(result[key], value)
  }
  return result
}

const keys = ['a', 'b', 'c', 'toString'] as const
const key = fc.constantFrom(...keys)
const words = ['x', 'yy', '😀😀', 'w'.repeat(3_000)] as const

const { rule } = fc.letrec<{ rule: Rule; object: Rule }>((tie) => ({
  rule: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.record({ is: fc.constant('string' as const), max: fc.constantFrom(1, 2, 10_000) }),
    fc.record({ is: fc.constant('integer' as const), min: fc.integer({ min: -1, max: 1 }) }),
    fc.record({ is: fc.constant('oneOf' as const), values: fc.subarray([...words], { minLength: 1 }) }),
    fc.record({ is: fc.constant('list' as const), of: tie('rule') }),
    tie('object'),
  ),
  object: objectOf(tie('rule')),
}))

function objectOf(member: fc.Arbitrary<Rule>): fc.Arbitrary<Rule> {
  return fc
    .tuple(fc.dictionary(key, member, { maxKeys: 4, noNullPrototype: true }), fc.subarray([...keys]))
    .map(([members, some]) => ({
      is: 'object',
      members,
      // Few required ones, so that some writes are accepted.
      required: some.filter((key) => Object.hasOwn(members, key)).slice(0, 1),
    }))
}

/** A value that fits the rule more often than not, so that both answers occur. */
function patchFor(rule: Rule): fc.Arbitrary<Json> {
  const scalar = fc.oneof(fc.constantFrom(...words), fc.integer({ min: -2, max: 3 }), fc.boolean())
  const stray = fc.oneof(scalar, fc.constant(null), fc.constant({ a: null }), fc.constant(['x']))
  const fitting = (): fc.Arbitrary<Json> => {
    if (rule.is === 'list') return fc.array(patchFor(rule.of), { maxLength: 3 })
    if (rule.is === 'oneOf') return fc.constantFrom(...rule.values)
    if (rule.is === 'integer') return fc.integer({ min: rule.min, max: 5 })
    if (rule.is === 'string') return fc.constantFrom(...words.filter((word) => [...word].length <= rule.max))
    const members = Object.entries(rule.members).map(([key, one]) => [key, patchFor(one)] as const)
    return fc.record(Object.fromEntries(members), { requiredKeys: [], noNullPrototype: true })
  }
  return fc.oneof({ weight: 12, arbitrary: fitting() }, { weight: 1, arbitrary: stray })
}

test('the server accepts a write exactly when merging, validating and measuring by the reference does', async () => {
  const server = await startServer()
  const seed = Date.now() & 0x7fffffff
  const schemas = fc.sample(objectOf(rule), { numRuns: scaled(200), seed })
  const { json: user } = await sendBackend(server, 'POST', '/v1/users', { username: 'somebody' })
  const path = `/v1/users/${user.id}/metadata`
  const asked = { accepted: 0, refused: 0, wrong: 0 }
  for (const [index, schema] of schemas.entries()) {
    await sendBackend(server, 'PUT', '/v1/metadata_schemas', { schemas: {} })
    await sendBackend(server, 'PUT', path, { public_metadata: {} })
    const body = { schemas: { public: toJsonSchema(schema) }, force: true }
    expect((await sendBackend(server, 'PUT', '/v1/metadata_schemas', body)).status).toBe(200)
    let stored: Json = {}
    const patches = fc.sample(patchFor(schema).filter(isMembers), { numRuns: 50, seed: seed + index })
    for (const patch of patches) {
      const next = merge(stored, patch)
      const size = new TextEncoder().encode(JSON.stringify(next)).length
      const expected = holds(schema, next) && size <= metadataLimit
      const { status, json } = await sendBackend(server, 'PATCH', path, { public_metadata: patch })
      asked[expected ? 'accepted' : 'refused']++
      if (status !== (expected ? 200 : 422)) {
        asked.wrong++
        console.error('wrong:', JSON.stringify({ seed, schema, stored, patch, status, json }).slice(0, 2_000))
      }
      if (status === 200) stored = json.public_metadata
    }
  }
  console.info(`${asked.accepted} accepted, ${asked.refused} refused, ${asked.wrong} wrong (seed ${seed})`)
  expect(asked).toMatchObject({ wrong: 0 })
  expect(asked.accepted + asked.refused).toBe(schemas.length * 50)
  // A test that sees one answer only would prove nothing.
  expect(Math.min(asked.accepted, asked.refused)).toBeGreaterThan(schemas.length * 2)
})
