import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scaled } from '../../conformance/scaled.ts'
import { createActiveClaims } from '../src/domain/claims/active-claims.ts'
import { jsonBytes, withinLimit } from '../src/domain/claims/claims-of.ts'
import { activeSchemas } from '../src/domain/metadata/metadata-schemas.ts'
import { createMemoryStorage } from '../src/storage/memory/memory-storage.ts'

test('claims stay within the limit; those that are left out are the largest, and named, whatever the order', () => {
  const claims = fc.uniqueArray(fc.tuple(fc.string({ minLength: 1, maxLength: 8 }), fc.jsonValue({ maxDepth: 2 })), {
    selector: ([name]) => name,
    maxLength: 8,
  })
  fc.assert(
    fc.property(claims, fc.integer({ min: 40, max: 300 }), (given, limit) => {
      const named = given.filter(([name]) => name !== 'claims_omitted') as [string, never][]
      const told = withinLimit(named, limit)
      expect(jsonBytes(told)).toBeLessThanOrEqual(limit)
      expect(JSON.stringify(withinLimit([...named].reverse(), limit))).toBe(JSON.stringify(told))
      const { claims_omitted: omitted = [], ...kept } = told as { claims_omitted?: string[] }
      if (omitted[0] === '*' && Object.keys(kept).length === 0) return
      expect([...Object.keys(kept), ...omitted].sort()).toEqual(named.map(([name]) => name).sort())
      const sizes = new Map(named.map(([name, value]) => [name, jsonBytes(value)]))
      const largestKept = Math.max(0, ...Object.keys(kept).map((name) => sizes.get(name) ?? 0))
      for (const name of omitted) expect(sizes.get(name)).toBeGreaterThanOrEqual(largestKept)
      if (jsonBytes(Object.fromEntries(named)) <= limit - 1) expect(omitted).toEqual([])
    }),
    { numRuns: scaled(5_000) },
  )
})

test('hundreds of large claims are left out at once', () => {
  const large = { text: 'x'.repeat(16_000) }
  const many = Array.from({ length: 300 }, (_, at) => [`c${at}`, large] as const)
  expect(withinLimit([...many, ['small', 1]], 8_192)).toMatchObject({ small: 1, claims_omitted: { length: 300 } })
})

test('what is stored and may be no claim is none, and keeps nobody from a token', async () => {
  const storage = createMemoryStorage()
  const options = { claims: { plan: 'public.plan', key: 'private.key', sub: 'public.plan', odd: 'nowhere' } }
  const row = { id: activeSchemas.id, version: 1, latest: 1, schemas: {}, options, createdAt: 0 }
  await storage.transact({ reads: [], decide: () => ({ writes: [{ put: 'metadataSchemas', row }], result: null }) })
  const { claims } = await createActiveClaims(storage, Date.now).read()
  expect([...claims]).toEqual([['plan', { kind: 'public', path: ['plan'] }]])
})
