import { expect, test } from 'vitest'
import { assertMetadata, type MetadataInvalidError, metadataDepth, metadataKeys } from '../src/index.ts'

function issueOf(value: unknown): { path: readonly (string | number)[]; message: string } {
  try {
    assertMetadata(value, 'unsafe')
  } catch (error) {
    const [issue] = (error as MetadataInvalidError).issues
    if (issue) return { path: issue.path, message: issue.message }
  }
  throw new Error('it was accepted')
}

function nested(levels: number): object {
  return levels === 1 ? {} : { a: nested(levels - 1) }
}

test('plain JSON of any realm is metadata, and so are members that are undefined', () => {
  assertMetadata({ a: [null, true, 1, 'x', { b: [] }], gone: undefined, constructor: 1, toString: 'x' })
  assertMetadata(Object.assign(Object.create(null), { a: 1 }))
  assertMetadata(structuredClone({ a: { b: 1 } }))
})

test.each([
  [null, []],
  [[], []],
  ['text', []],
  [{ a: new Date() }, ['a']],
  [{ a: [1, new Map()] }, ['a', 1]],
  [{ a: Number.NaN }, ['a']],
  [{ a: Number.POSITIVE_INFINITY }, ['a']],
  [{ a: 1n }, ['a']],
  [{ a: () => 1 }, ['a']],
  [{ a: Symbol('s') }, ['a']],
  [{ a: [undefined] }, ['a', 0]],
  // biome-ignore lint/suspicious/noSparseArray: a hole is what is tested
  [{ a: [, 1] }, ['a', 0]],
  [{ a: 'x\0' }, ['a']],
  [{ 'x\0': 1 }, ['x\0']],
  [{ a: '\ud83d' }, ['a']],
  [JSON.parse('{"__proto__":1}'), ['__proto__']],
] as [unknown, (string | number)[]][])('%o is refused at its path', (value, path) => {
  expect(issueOf(value).path).toEqual(path)
})

test('depth and keys are bounded, and a circle is too deep', () => {
  assertMetadata(nested(metadataDepth))
  expect(issueOf(nested(metadataDepth + 1)).message).toContain('deeper')
  const circle: Record<string, unknown> = {}
  circle['self'] = circle
  expect(issueOf(circle).message).toContain('deeper')
  const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 1]))
  assertMetadata(keys(metadataKeys))
  expect(issueOf(keys(metadataKeys + 1)).message).toContain('keys')
})
