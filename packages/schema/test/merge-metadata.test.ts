import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scaled } from '../../conformance/scaled.ts'
import { diffMetadata, type JsonObject, type JsonValue, makeMergePatch, mergeMetadata } from '../src/index.ts'

const runs = { numRuns: scaled(10_000) }

/** Keys that break implementations that mistake inherited members for own ones. */
const key = fc.oneof(
  fc.string({ maxLength: 4 }),
  fc.constantFrom('constructor', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__'),
)
const plainText = fc.string({ maxLength: 6 }).filter((text) => !text.includes('\0'))
const scalar = fc.oneof(plainText, fc.integer(), fc.boolean(), fc.double({ noNaN: true, noDefaultInfinity: true }))

function objects(withNull: boolean): fc.Arbitrary<JsonObject> {
  const safeKey = key.filter((text) => text !== '__proto__' && !text.includes('\0'))
  const { tree } = fc.letrec<{ tree: JsonValue; object: JsonObject }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      withNull ? fc.oneof(scalar, fc.constant(null)) : scalar,
      tie('object'),
      fc.array(fc.oneof(scalar, fc.constant(null), tie('object')), { maxLength: 3 }),
    ),
    object: fc.dictionary(safeKey, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
  }))
  return fc.dictionary(safeKey, tree, { maxKeys: 5, noNullPrototype: true })
}

/** The algorithm of RFC 7396, section 2, word for word. */
function mergePatch(target: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const isObject = typeof target === 'object' && target !== null && !Array.isArray(target)
  const result = new Map<string, JsonValue>(isObject ? Object.entries(target as JsonObject) : [])
  for (const [name, value] of Object.entries(patch as JsonObject)) {
    if (value === null) result.delete(name)
    else result.set(name, mergePatch(result.get(name), value))
  }
  return Object.fromEntries(result)
}

test('a merge equals the reference algorithm of RFC 7396', () => {
  fc.assert(
    fc.property(objects(true), objects(true), (target, patch) => {
      expect(mergeMetadata(target, patch)).toEqual(mergePatch(target, patch))
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    }),
    runs,
  )
})

test('merging the same patch again changes nothing', () => {
  fc.assert(
    fc.property(objects(true), objects(true), (target, patch) => {
      const once = mergeMetadata(target, patch)
      expect(mergeMetadata(once, patch)).toEqual(once)
    }),
    runs,
  )
})

test('a merge changes neither of its arguments', () => {
  fc.assert(
    fc.property(objects(true), objects(true), (target, patch) => {
      const before = JSON.stringify([target, patch])
      mergeMetadata(target, patch)
      expect(JSON.stringify([target, patch])).toBe(before)
    }),
  )
})

test('merging the difference of two values into the first gives the second', () => {
  fc.assert(
    fc.property(objects(false), objects(false), (from, to) => {
      expect(mergeMetadata(from, diffMetadata(from, to))).toEqual(to)
    }),
    runs,
  )
})

test('the difference of equal values is empty', () => {
  fc.assert(
    fc.property(objects(false), (value) => {
      expect(diffMetadata(value, structuredClone(value))).toEqual({})
    }),
  )
})

test('the examples of RFC 7396, appendix A, whose target and patch are objects', () => {
  const cases: [JsonObject, JsonObject, JsonObject][] = [
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ]
  for (const [target, patch, expected] of cases) expect(mergeMetadata(target, patch)).toEqual(expected)
})

test('a key named __proto__ is refused by name, and pollutes nothing', () => {
  const patch = JSON.parse('{"a":{"__proto__":{"polluted":1}}}')
  expect(() => mergeMetadata({}, patch)).toThrow(
    expect.objectContaining({ issues: [expect.objectContaining({ path: ['a', '__proto__'] })] }),
  )
  expect(() => diffMetadata({}, patch)).toThrow('__proto__')
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
})

test('a difference that would have to set null says that a patch cannot', () => {
  expect(() => diffMetadata({}, { a: { b: null } })).toThrow('metadata.a.b a merge patch cannot set null')
})

test('what is shared is not looked into, and a null that stays is left to stay', () => {
  const from = { a: { n: null, x: 1 }, b: 1, list: [{ x: 1, y: [2] }] }
  expect(diffMetadata(from, { ...from, b: 2 })).toEqual({ b: 2 })
  expect(diffMetadata(from, { a: { n: null, x: 2 }, b: 1, list: [{ y: [2], x: 1 }] })).toEqual({ a: { x: 2 } })
  const loose = (value: unknown) => ({ list: [value] }) as unknown as JsonObject
  expect(makeMergePatch(loose({ a: undefined }), loose({ b: 1 }))).toEqual({ list: [{ b: 1 }] })
  expect(makeMergePatch(loose([]), loose({}))).toEqual({ list: [{}] })
})
