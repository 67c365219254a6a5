import { fileURLToPath } from 'node:url'
import { serverMetadata } from 'example-api-node/metadata.server'
import { build, type Rolldown } from 'vite'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const { private: privateSchema, unsafe: unsafeSchema } = serverMetadata.schemas

/** The keys of an object's schema, of zod. */
const keysOf = (schema: object) => Object.keys((schema as { readonly shape: object }).shape)

/** Every byte of a build of the page, or of another entry. */
async function buildPage(input?: string): Promise<string> {
  const output = (await build({
    root,
    logLevel: 'error',
    build: { write: false, ...(input && { rolldownOptions: { input } }) },
  })) as Rolldown.RolldownOutput
  return output.output.map((file) => (file.type === 'chunk' ? file.code : file.source)).join('\n')
}

test('the built page knows the keys of unsafe metadata, and no key of private metadata', async () => {
  const page = await buildPage()
  const privateKeys = keysOf(privateSchema)
  expect(privateKeys).not.toEqual([])
  for (const key of keysOf(unsafeSchema)) expect(page).toContain(key)
  for (const key of privateKeys) expect(page).not.toContain(key)
  // The same search finds them where they are.
  const server = await buildPage(fileURLToPath(import.meta.resolve('example-api-node/metadata.server')))
  for (const key of privateKeys) expect(server).toContain(key)
})
