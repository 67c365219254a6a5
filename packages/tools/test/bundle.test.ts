import { readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
// @ts-expect-error - it ships no types
import filePlugin from '@size-limit/file'
import sizeLimit from 'size-limit'
import { expect, test } from 'vitest'
import { measureBundle } from '../../backend/bench/measure-bundle.ts'
import { bundleFrontend, findLeaks } from '../src/check-leaks.ts'
import { installBuilt } from '../src/install-built.ts'
import { root } from '../src/repository.ts'

/** The most that the browser SDK may add to an app, in bytes: minified and compressed by brotli, ky included. */
const limit = 8_500

test('the browser bundle holds nothing that does not belong there', async () => {
  expect(findLeaks(await bundleFrontend())).toEqual([])
})

test.each(['a.private_metadata', 'a.privateMetadata', '"sk_live_x"', 'import "node:fs"'])(
  'a bundle with %s is refused',
  (text) => {
    expect(findLeaks(`x;${text};y`)).toHaveLength(1)
  },
)

/** Measures a bundle, compressed by brotli, in bytes. */
async function measure(bundle: string): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'acme-size-'))
  const file = join(folder, 'app.js')
  writeFileSync(file, bundle)
  const [{ size } = { size: Number.NaN }] = (await sizeLimit([filePlugin], [file])) as { size: number }[]
  await rm(folder, { recursive: true })
  return size
}

test(`the browser SDK as an app uses it has at most ${limit} bytes`, async () => {
  const size = await measure(await bundleFrontend())
  process.stdout.write(`browser SDK, create + load + read + update, with ky: ${size} bytes (limit ${limit})\n`)
  expect(size).toBeLessThanOrEqual(limit)
})

/** An app that uses the browser SDK, with or without a schema of its own. */
const appWith = (imports: string, metadata: string) => `${imports}
import { createFrontend } from '@acme/frontend'
const acme = createFrontend({ publishableKey: 'pk_test_', metadata: ${metadata} })
await acme.load()
await acme.user?.update({ unsafeMetadata: { theme: 'dark' } })
`
const zodImport = "import * as z from 'zod/mini'"
const schema = "z.object({ theme: z.optional(z.enum(['light', 'dark'])) })"

test('a schema of zod/mini adds itself and at most 1,000 bytes', async () => {
  const without = await measure(await bundleFrontend(appWith('', 'undefined')))
  const zod = await measure(await bundleFrontend(`${zodImport}\nconsole.log(${schema}['~standard'].validate({}))`))
  const imports = `${zodImport}\nimport { defineMetadata } from '@acme/schema'`
  const bundle = await bundleFrontend(appWith(imports, `defineMetadata({ unsafe: ${schema} })`))
  const size = await measure(bundle)
  process.stdout.write(
    `with a zod/mini schema: ${size} bytes = ${without} + zod/mini ${zod} + ${size - without - zod}\n`,
  )
  expect(bundle).toContain('light')
  expect(size - without).toBeLessThanOrEqual(zod + 1_000)
  expect(bundle).not.toMatch(/private_?metadata/i)
})

/** The most that live updates may add to the rest of the browser SDK, in bytes. */
const liveLimit = 1_000

test(`live updates add at most ${liveLimit} bytes where they are imported, and nothing where they are not`, async () => {
  const rest = appWith('', 'undefined')
  const live = appWith("import { liveUpdates } from '@acme/frontend/live'", 'undefined, live: liveUpdates')
  const [without, bundle] = [await bundleFrontend(rest), await bundleFrontend(live)]
  const [before, size] = [await measure(without), await measure(bundle)]
  process.stdout.write(`with live updates: ${size} bytes = ${before} + ${size - before}\n`)
  expect(size - before).toBeLessThanOrEqual(liveLimit)
  // A name on the wire that only they know.
  expect([without, bundle].map((text) => text.includes('acme_last_event_id'))).toEqual([false, true])
  expect(bundle).not.toMatch(/private_?metadata/i)
})

/** The most that the parts of an account may add to the rest of the browser SDK, in bytes. */
const accountLimit = 500

test(`the parts of an account add at most ${accountLimit} bytes where they are imported`, async () => {
  const rest = appWith('', 'undefined')
  const account = `${rest}
import { createAccount, createPasswordReset } from '@acme/frontend/account'
console.log(createAccount(acme, { publishableKey: 'pk_test_' }), createPasswordReset(acme, { publishableKey: 'pk_test_' }))
`
  const [without, bundle] = [await bundleFrontend(rest), await bundleFrontend(account)]
  const [before, size] = [await measure(without), await measure(bundle)]
  process.stdout.write(`with the parts of an account: ${size} bytes = ${before} + ${size - before}\n`)
  expect(size - before).toBeLessThanOrEqual(accountLimit)
  expect([without, bundle].map((text) => text.includes('change_password'))).toEqual([false, true])
  expect(bundle).not.toMatch(/private_?metadata/i)
})

/** The most that the hooks may add to the rest of the browser SDK, in bytes. */
const reactLimit = 1_500

test(`the hooks for React add at most ${reactLimit} bytes`, async () => {
  const rest = appWith('', 'undefined')
  const hooks = `${rest}
import { AcmeProvider, SignedIn, SignedOut, useAcme, useSession, useSignIn, useSignUp, useUnsafeMetadata, useUser } from '@acme/frontend/react'
console.log(AcmeProvider, SignedIn, SignedOut, useAcme, useSession, useSignIn, useSignUp, useUnsafeMetadata, useUser)
`
  const [without, size] = [await measure(await bundleFrontend(rest)), await measure(await bundleFrontend(hooks))]
  process.stdout.write(
    `with every hook for React: ${size} bytes = ${without} + ${size - without}, without React itself\n`,
  )
  expect(size - without).toBeLessThanOrEqual(reactLimit)
})

test('the root of the schema package loads no other package', () => {
  const text = readFileSync(join(root, 'packages/schema/dist/index.js'), 'utf8')
  expect(text).not.toMatch(/(?:from|import) ?['"][^.]|require\(['"][^.]/)
})

/** The most that the backend may have, in bytes: without what only tokens take, and with it. */
const backendLimits = { without: 14_000, with: 20_000 }

test('the backend has at most 14,000 bytes, and 20,000 with what tokens take', async () => {
  const folder = installBuilt()
  const [without, whole] = [measureBundle(folder, false), measureBundle(folder, true)]
  await rm(folder, { recursive: true })
  process.stdout.write(`backend: ${without} bytes, ${whole} with what tokens take\n`)
  expect(without).toBeLessThanOrEqual(backendLimits.without)
  expect(whole).toBeLessThanOrEqual(backendLimits.with)
})
