import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { publishedPackages, root } from './repository.ts'

/** A packed package. */
export interface Tarball {
  readonly name: string
  /** Its file, absolute. */
  readonly path: string
  readonly entries: readonly string[]
}

/** Packs every published package, as it was built, into a folder. */
export function packPackages(folder: string): Tarball[] {
  return publishedPackages.map(({ name, folder: source, entries }) => {
    const into = join(folder, source.replace('/', '-'))
    execFileSync('pnpm', ['pack', '--pack-destination', into], { cwd: join(root, source), stdio: 'pipe' })
    const [file = ''] = readdirSync(into)
    return { name, path: join(into, file), entries }
  })
}
