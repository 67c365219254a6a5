import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The root folder of the repository, absolute. */
export const root: string = join(import.meta.dirname, '..', '..', '..')

/** One package of the workspace. */
export interface WorkspacePackage {
  /** Its name on npm, for example `@acme/schema`. */
  readonly name: string
  /** Its folder, relative to the root, for example `packages/schema`. */
  readonly folder: string
  /** Its entries as people import them, for example `@acme/schema/wire`. */
  readonly entries: readonly string[]
}

/** The packages that are published: those of packages/ that are not private, have sources, and are therefore built. */
export const publishedPackages: readonly WorkspacePackage[] = globSync('packages/*/package.json', { cwd: root })
  .sort()
  .map((path) => ({
    manifest: JSON.parse(readFileSync(join(root, path), 'utf8')),
    folder: path.replace('/package.json', ''),
  }))
  .filter(({ manifest, folder }) => manifest.private !== true && existsSync(join(root, folder, 'src')))
  .map(({ manifest, folder }) => ({
    name: manifest.name,
    folder,
    entries: Object.keys(manifest.exports).map((key) => manifest.name + key.slice(1)),
  }))

/** Gives the files of the repository that match, relative to its root and sorted, without what is installed or built. */
export function filesOf(...patterns: readonly string[]): string[] {
  const exclude = (path: string): boolean => /(^|\/)(node_modules|dist|\.next|\.toolchain)(\/|$)/.test(path)
  return globSync([...patterns], { cwd: root, exclude }).sort()
}
