// What `init` makes apps of: the templates, with versions in the place of what only this workspace understands.
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const source = import.meta.dirname
const root = join(source, '../../..')
const into = join(source, '../dist/templates')
const catalog = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8')

function versionOf(name: string, wanted: string): string {
  if (wanted.startsWith('workspace:')) {
    const folder = name.replace('@acme/', 'packages/')
    return `^${JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')).version}`
  }
  const version = new RegExp(`^  "?${name}"?: (\\d\\S+)$`, 'm').exec(catalog)?.[1]
  if (wanted !== 'catalog:' || !version) throw new Error(`${name}: ${wanted} is no version of the catalog`)
  return `^${version}`
}

function rewrite(file: string, change: (json: Record<string, Record<string, unknown>>) => void): void {
  const json = JSON.parse(readFileSync(file, 'utf8'))
  change(json)
  writeFileSync(file, `${JSON.stringify(json, null, 2)}\n`)
}

for (const { name } of readdirSync(source, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
  const target = join(into, name)
  cpSync(join(source, name), target, {
    recursive: true,
    filter: (path) => !/(^|[\\/])(node_modules|dist|\.next|\.acme|next-env\.d\.ts)$/.test(path.slice(source.length)),
  })
  rewrite(join(target, 'package.json'), (manifest) => {
    for (const list of ['dependencies', 'devDependencies']) {
      const entries = Object.entries(manifest[list] as Record<string, string>)
      manifest[list] = Object.fromEntries(entries.map(([one, wanted]) => [one, versionOf(one, wanted)]))
    }
  })
  rewrite(join(target, 'tsconfig.json'), ({ compilerOptions }) => {
    delete compilerOptions?.['customConditions']
  })
}
