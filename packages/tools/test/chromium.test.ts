import { expect, test } from 'vitest'
import { chromiumAdvice, findChromium } from '../find-chromium.ts'

// On a person's machine the browser tests may be left out, said aloud by this skipped test; in CI they may not.
const mayBeMissing = !process.env['CI']

test.skipIf(mayBeMissing && findChromium() === undefined)('a Chromium for the browser tests is there', () => {
  expect(findChromium(), chromiumAdvice).toBeDefined()
})
