import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './places.ts'

/** An entry that people import, and the file that is it. */
export interface Entry {
  /** Its name below the scope, `frontend/react` for example. */
  readonly name: string
  /** Absolute. */
  readonly file: string
}

/** The packages that have a reference, in the order of the sidebar. */
const packages = ['schema', 'frontend', 'backend', 'server', 'msw']

/**
 * What people may import, by the packages' own lists. What travels (`@acme/schema/wire`) is described by the server's
 * `openapi.json` instead.
 */
export const entries: readonly Entry[] = packages.flatMap((name) => {
  const { exports } = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'))
  return Object.entries(exports as Record<string, { readonly '@acme/source': string }>)
    .filter(([key]) => `${name}${key.slice(1)}` !== 'schema/wire')
    .map(([key, conditions]) => ({
      name: name + key.slice(1),
      file: join(root, 'packages', name, conditions['@acme/source']),
    }))
})
