import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Options } from 'tsup'
import { cutKy } from './cut-ky.ts'

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** Has the build of a client bundle ky without the parts that the transport never uses. */
export const slimKy: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'slim-ky',
  setup({ initialOptions, onLoad, onResolve }) {
    // Only ky names it so: our own code says Request.
    initialOptions.define = { ...initialOptions.define, 'globalThis.Request': 'KyRequest' }
    initialOptions.inject = [...(initialOptions.inject ?? []), here('ky-request.ts')]
    onResolve({ filter: /^ky$/ }, () => ({ path: here('slim-ky.ts') }))
    onLoad({ filter: /\/ky\/distribution\/core\/Ky\.js$/ }, ({ path }) => ({
      contents: cutKy(readFileSync(path, 'utf8')),
    }))
    const parts =
      /\/(?:body|merge|options|is-network-error|retry-timing|normalize|constants|NonError|ForceRetryError|SchemaValidationError)\.js$/
    onResolve({ filter: parts }, ({ importer }) =>
      importer.includes('/ky/') ? { path: here('slim-ky-parts.ts') } : undefined,
    )
  },
}
