// Guards the browser bundle: what a browser may not see or does not need must not be in it.

import { join } from 'node:path'
import { build } from 'vite'
import { root } from './repository.ts'

/** What an app does with the browser SDK: create, load, read, update. */
const app = `
import { createFrontend } from '@acme/frontend'
const acme = createFrontend({ publishableKey: 'pk_test_' })
await acme.load()
console.log(acme.user?.publicMetadata)
await acme.user?.update({ unsafeMetadata: { theme: 'dark' } })
`

/** Bundles such an app, or another, the way an app is bundled, by Vite, from the packages as they are published. */
export async function bundleFrontend(text: string = app): Promise<string> {
  const name = 'virtual:app'
  const result = await build({
    root: join(root, 'packages/tools'),
    configFile: false,
    logLevel: 'error',
    resolve: {
      alias: {
        '@acme/frontend/account': join(root, 'packages/frontend/dist/account.js'),
        '@acme/frontend/live': join(root, 'packages/frontend/dist/live.js'),
        '@acme/frontend/react': join(root, 'packages/frontend/dist/react.js'),
        '@acme/frontend': join(root, 'packages/frontend/dist/index.js'),
        '@acme/schema': join(root, 'packages/schema/dist/index.js'),
      },
    },
    plugins: [
      {
        name: 'app',
        resolveId: (id) => (id === name ? `\0${name}` : undefined),
        load: (id) => (id === `\0${name}` ? text : undefined),
      },
    ],
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      rolldownOptions: { input: name, external: [/^react(\/|$)/] },
    },
  })
  const [output] = [result].flat()
  if (!output || !('output' in output)) throw new Error('vite gave no output')
  const chunks = output.output.filter((file) => file.type === 'chunk')
  const entry = chunks.find((chunk) => chunk.isEntry)
  if (!entry) throw new Error('vite gave no entry')
  // What the entry imports at once comes with it; what it imports later does not.
  const needed = new Set([entry.fileName, ...entry.imports])
  return chunks
    .filter((chunk) => needed.has(chunk.fileName))
    .map((chunk) => chunk.code)
    .join('\n')
}

/** What must not be in the browser bundle, and why. */
const forbidden: Readonly<Record<string, string>> = {
  private_metadata: 'the page never sees private metadata, by its name on the wire',
  privateMetadata: 'the page never sees private metadata, by its name in code',
  sk_test: 'secret keys belong on servers',
  sk_live: 'secret keys belong on servers',
  'node:': 'there is no Node in a browser',
  ZodError: 'zod is twice the size of all the rest',
}

/** Gives a message for everything in a bundle that must not be there. */
export function findLeaks(bundle: string): string[] {
  return Object.entries(forbidden)
    .filter(([text]) => bundle.includes(text))
    .map(([text, reason]) => `the bundle holds ${text}: ${reason}`)
}
