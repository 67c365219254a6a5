import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fetchPackage } from '@acme/tools/src/fetch-package.ts'
import { root } from '@acme/tools/src/repository.ts'
import type { Requests } from './load.ts'

/** The version that is measured. */
export const betterAuthVersion = '1.7.25'

/** A server of better-auth that answers. */
export interface BetterAuthReady {
  readonly updates: readonly Requests[]
  readonly reads: readonly Requests[]
}

/** Gives the folder of better-auth, fetched by npm where it is not there: nothing but the bench needs it. */
export function fetchBetterAuth(): string {
  const into = join(root, '.toolchain', 'better-auth')
  const file = join('node_modules', 'better-auth', 'package.json')
  if (!existsSync(join(into, file))) {
    process.stderr.write('Fetching better-auth …\n')
    fetchPackage({
      spec: `better-auth@${betterAuthVersion}`,
      into,
      file,
      unpack: (folder) => folder,
    })
  }
  return into
}
