import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRareTrigrams } from '../src/storage/postgres/rare-trigrams.ts'
import type { Runner } from '../src/storage/postgres/sql.ts'

/** A database whose newest users have these texts. */
function holding(texts: readonly string[]): Runner {
  return { unsafe: async () => texts.map((search) => ({ search })) } as unknown as Runner
}

test('what few users hold is looked for, and not the domain that they share', async () => {
  const partsOf = await createRareTrigrams()(holding(['ada\nada@example.com', 'bea\nbea@example.com']))
  expect(partsOf('zoe@example.com')).toContain('zoe')
  expect(partsOf('zoe.315@example.com')).toEqual(['zoe', '315', 'exa'])
})

test('whoever holds a text holds each of the few parts that are looked for', async () => {
  const texts = fc.array(fc.string({ maxLength: 40 }))
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 40 }), texts, async (text, held) => {
      const parts = (await createRareTrigrams()(holding(held)))(text)
      expect(parts.length).toBeGreaterThan(0)
      expect(parts.length).toBeLessThanOrEqual(3)
      for (const part of parts) expect(text).toContain(part)
    }),
  )
})
