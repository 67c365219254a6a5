import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { publishedPackages, root } from '../repository.ts'

/** The program of changesets, which this package depends on. */
const changeset = join(root, 'packages/tools/node_modules/.bin/changeset')

/** Where the server has its version, for its replies. */
const versionFile = 'packages/server/src/http/version.ts'

/** Makes versions and changelogs of the changesets of a folder, and gives the version that all published packages have now. */
export function versionPackages(folder: string): string {
  execFileSync(changeset, ['version'], { cwd: folder, stdio: 'pipe' })
  const versions = publishedPackages.map(({ folder: at }) => manifestOf(folder, at).version)
  const [version = ''] = versions
  if (versions.some((one) => one !== version)) throw new Error(`the packages have several versions: ${versions.join()}`)
  const file = join(folder, versionFile)
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text.replace(/(serverVersion = ')[^']+/, `$1${version}`))
  return version
}

/** Copies what versions are made of into a folder, so that they can be made without a change to the tree. */
export function copyManifests(folder: string): void {
  const files = globSync(['.changeset/*', 'package.json', 'pnpm-*.yaml', '{packages,examples}/*/package.json'], {
    cwd: root,
  })
  for (const file of [...files, 'packages/server/templates/vite/package.json', versionFile]) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    cpSync(join(root, file), join(folder, file))
  }
  execFileSync('git', ['init', '-q', '-b', 'main'], { cwd: folder, stdio: 'pipe' })
}

/** The first entry of the changelog of a package, or that there is none. */
export function latestChange(folder: string, at: string): string | undefined {
  const file = join(folder, at, 'CHANGELOG.md')
  if (!existsSync(file)) return undefined
  return readFileSync(file, 'utf8').split(/^## /m)[1]
}

function manifestOf(folder: string, at: string): { readonly version: string } {
  return JSON.parse(readFileSync(join(folder, at, 'package.json'), 'utf8'))
}
