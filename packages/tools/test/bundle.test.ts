import { readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
// @ts-expect-error - it ships no types
import filePlugin from '@size-limit/file'
import sizeLimit from 'size-limit'
import { expect, test } from 'vitest'
import { bundleFrontend, findLeaks } from '../src/check-leaks.ts'
import { root } from '../src/repository.ts'

/** The most that the browser SDK may add to an app, in bytes: minified and compressed by brotli, ky included. */
const limit = 11_000

test('the browser bundle holds nothing that does not belong there', async () => {
  expect(findLeaks(await bundleFrontend())).toEqual([])
})

test.each(['a.private_metadata', 'a.privateMetadata', '"sk_live_x"', 'import "node:fs"'])(
  'a bundle with %s is refused',
  (text) => {
    expect(findLeaks(`x;${text};y`)).toHaveLength(1)
  },
)

test(`the browser SDK as an app uses it has at most ${limit} bytes`, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'acme-size-'))
  const file = join(folder, 'app.js')
  writeFileSync(file, await bundleFrontend())
  const [{ size } = { size: Number.NaN }] = (await sizeLimit([filePlugin], [file])) as { size: number }[]
  await rm(folder, { recursive: true })
  process.stdout.write(`browser SDK, create + load + read + update, with ky: ${size} bytes (limit ${limit})\n`)
  expect(size).toBeLessThanOrEqual(limit)
})

test('the root of the schema package loads no other package', () => {
  const text = readFileSync(join(root, 'packages/schema/dist/index.js'), 'utf8')
  expect(text).not.toMatch(/(?:from|import) ?['"][^.]|require\(['"][^.]/)
})
