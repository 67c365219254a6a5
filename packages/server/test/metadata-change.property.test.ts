import { kinds } from '@acme/schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { metadata } from '../../conformance/arbitraries.ts'
import { scaled } from '../../conformance/scaled.ts'
import { metadataChanges, stepBack, stepForward } from '../src/domain/changes/metadata-change.ts'
import { type AllMetadata, changeMetadata, noMetadata } from '../src/domain/metadata/metadata.ts'

const steps = fc.array(
  fc.oneof(
    fc.record({
      mode: fc.constantFrom('merge', 'replace'),
      params: fc.dictionary(fc.constantFrom('public_metadata', 'private_metadata', 'unsafe_metadata'), metadata, {
        maxKeys: 2,
      }),
    }),
    // As a restore does it.
    fc.record({ back: fc.nat({ max: 5 }), kind: fc.constantFrom(...kinds) }),
  ),
  { maxLength: 8 },
)

/** As a storage gives it back. */
const stored = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

test('the changes of any history make each version from the one before, and back', () => {
  fc.assert(
    fc.property(steps, (history) => {
      const versions: AllMetadata[] = [noMetadata]
      const changes = history.map((step) => {
        const before = stored(versions.at(-1) as AllMetadata)
        const after =
          'mode' in step
            ? changeMetadata(before, step.params, step.mode)
            : { ...before, [step.kind]: (versions.at(-1 - step.back) ?? noMetadata)[step.kind] }
        versions.push(stored(after))
        return stored({ metadata: metadataChanges(before, after) })
      })
      let forward = noMetadata
      for (const [index, change] of changes.entries()) {
        forward = stepForward(forward, change)
        expect(forward).toEqual(versions[index + 1])
      }
      let backward = versions.at(-1) as AllMetadata
      for (const [index, change] of [...changes.entries()].reverse()) {
        backward = stepBack(backward, change)
        expect(backward).toEqual(versions[index])
      }
    }),
    { numRuns: scaled(10_000) },
  )
})

test('a change holds what changed and nothing else, by a patch where one can say it', () => {
  const before = { public: { a: 1, deep: { x: 1, y: 2 }, big: ['x'.repeat(100)] }, private: { b: 1 }, unsafe: { n: 1 } }
  const after = changeMetadata(before, { public_metadata: { a: null, deep: { x: 2 } }, private_metadata: {} }, 'merge')
  expect(metadataChanges(before, after)).toEqual({
    public: { forward: { merge: { a: null, deep: { x: 2 } } }, backward: { merge: { a: 1, deep: { x: 1 } } } },
  })
  const withNull = changeMetadata(after, { unsafe_metadata: { n: null } }, 'replace')
  expect(metadataChanges(after, withNull)).toEqual({
    unsafe: { forward: { replace: { n: null } }, backward: { merge: { n: 1 } } },
  })
  // A null that stays is no matter of the patch.
  const more = changeMetadata(withNull, { unsafe_metadata: { m: 1 } }, 'merge')
  expect(metadataChanges(withNull, more)).toEqual({
    unsafe: { forward: { merge: { m: 1 } }, backward: { merge: { m: null } } },
  })
})
