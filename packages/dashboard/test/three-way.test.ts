import type { JsonObject, JsonValue } from '@acme/schema'
import { applyMergePatch } from '@acme/schema'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { scaled } from '../../conformance/scaled.ts'
import { applyChanges, listChanges, mergeThreeWay, same, settle } from '../src/metadata/three-way.ts'

const key = fc.constantFrom('a', 'b', 'c', 'constructor', 'toString')
const { metadata } = fc.letrec<{ metadata: JsonObject; value: JsonValue }>((tie) => ({
  metadata: fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(0, 1, 'x', true, null),
    fc.array(fc.constantFrom(0, 1, null), { maxLength: 2 }),
    tie('metadata'),
  ),
}))
const check = (property: fc.IProperty<unknown[]>) => fc.assert(property as never, { numRuns: scaled(4_000, 300) })

test('the changes from one value to another make the other of it', () => {
  check(
    fc.property(metadata, metadata, (from, to) => {
      expect(applyChanges(from, listChanges(from, to))).toEqual(to)
    }) as never,
  )
})

test('what only one person changed is what comes of it', () => {
  check(
    fc.property(metadata, metadata, (base, changed) => {
      expect(mergeThreeWay(base, changed, base)).toMatchObject({ value: changed, collisions: [] })
      expect(mergeThreeWay(base, base, changed)).toMatchObject({ value: changed, collisions: [] })
      expect(mergeThreeWay(base, changed, changed)).toMatchObject({ value: changed, collisions: [] })
    }) as never,
  )
})

test('without a collision it does not matter who is who, and nothing of either is lost', () => {
  check(
    fc.property(metadata, metadata, metadata, (base, mine, theirs) => {
      const merged = mergeThreeWay(base, mine, theirs)
      fc.pre(merged.collisions.length === 0)
      expect(same(merged.value, mergeThreeWay(base, theirs, mine).value)).toBe(true)
      // Each side's changes are all there: to do them again changes nothing.
      expect(same(applyChanges(merged.value, merged.mine), merged.value)).toBe(true)
      expect(same(applyChanges(merged.value, merged.theirs), merged.value)).toBe(true)
    }) as never,
  )
})

test('of what collides one side stands, whole, and what does not collide stands anyway', () => {
  check(
    fc.property(metadata, metadata, metadata, fc.boolean(), (base, mine, theirs, takeTheirs) => {
      const merged = mergeThreeWay(base, mine, theirs)
      const value = settle(base, merged, () => takeTheirs)
      const [first, second] = takeTheirs ? [merged.theirs, merged.mine] : [merged.mine, merged.theirs]
      expect(same(applyChanges(value, first), value)).toBe(true)
      const lost = new Set(merged.collisions.map((one) => (takeTheirs ? one.mine : one.theirs)))
      const kept = second.filter((change) => !lost.has(change))
      expect(same(applyChanges(value, kept), value)).toBe(true)
      if (!takeTheirs) expect(same(value, merged.value)).toBe(true)
    }) as never,
  )
})

test('a collision is told wherever both did something else at one place, or one below the other', () => {
  const merged = mergeThreeWay({ a: { b: 1 }, c: 1 }, { a: { b: 2 }, c: 2 }, { c: 3 })
  expect(merged.collisions.map(({ mine, theirs }) => [mine.path, theirs.path])).toEqual([
    [['a', 'b'], ['a']],
    [['c'], ['c']],
  ])
})

test('two who add members to what was not there do not collide', () => {
  const merged = mergeThreeWay({}, { a: { b: 1 } }, { a: { c: 2 } })
  expect(merged).toMatchObject({ value: { a: { b: 1, c: 2 } }, collisions: [] })
})

test('changes without nulls are those of a merge patch', () => {
  const patch = { plan: 'pro', company: { seats: 3 } }
  const from = { plan: 'free', company: { name: 'x', seats: 1 } }
  expect(applyChanges(from, listChanges(from, applyMergePatch(from, patch)))).toEqual(applyMergePatch(from, patch))
})
