import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const templateNames = ['vite', 'next']

/** What `init --help` prints. */
export const initHelp = `acme-server init: a new app with typed metadata on both sides

  init [directory]           make it there (default here), in a folder that is empty or not there yet

  --template <name>          vite: a page of Vite and React, and an API of Node (default); next: the app router
`

/** What a version control keeps beside the files of a project, and an empty folder may hold. */
const ignored: ReadonlySet<string> = new Set(['.git', '.DS_Store'])

/**
 * Runs `init …`, and gives what it prints.
 *
 * @throws Error for a wrong command line, or a folder that holds something
 */
export function runInit(args: readonly string[]): string {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { template: { type: 'string', default: 'vite' }, help: { type: 'boolean', default: false } },
  })
  if (values.help) return initHelp
  const { template } = values
  if (!templateNames.includes(template)) throw new TypeError(`--template is ${templateNames.join(' or ')}`)
  if (positionals.length > 1) throw new TypeError('init takes one directory')
  const directory = resolve(positionals[0] ?? '.')
  // A file in its place is refused by what reads it.
  if (existsSync(directory) && readdirSync(directory).some((name) => !ignored.has(name))) {
    throw new Error(`${directory} is not empty: nothing was written`)
  }
  mkdirSync(directory, { recursive: true })
  cpSync(join(templatesFolder(), template), directory, { recursive: true })
  // npm leaves out what is called so when it packs.
  renameSync(join(directory, '_gitignore'), join(directory, '.gitignore'))
  const manifest = join(directory, 'package.json')
  const json = JSON.parse(readFileSync(manifest, 'utf8'))
  writeFileSync(manifest, `${JSON.stringify({ ...json, name: packageName(directory), version: '0.0.0' }, null, 2)}\n`)
  const there = relative(process.cwd(), directory)
  return [
    `Made a ${template} app in ${directory}\n`,
    ...(there ? [`  cd ${there}`] : []),
    '  npm install',
    '  npm run dev     the app, and its user-metadata server',
    '  npm test        both sides, against the mock\n',
  ].join('\n')
}

/** Where the build has left the templates; from the sources, too, which are a folder further down. */
function templatesFolder(): string {
  const found = ['../templates', '../../dist/templates']
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((path) => existsSync(join(path, 'vite')))
  if (!found) throw new Error('the templates are not built')
  return found
}

/** The name of a package after its folder, as npm takes it. */
function packageName(directory: string): string {
  const name = basename(directory)
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+|[._-]+$/g, '')
  return name || 'acme-app'
}
