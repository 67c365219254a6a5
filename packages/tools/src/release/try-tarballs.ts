import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Tarball } from '../pack-packages.ts'

const install = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', '--prefer-offline']

/** Entries that need a page, or what the app brings along. */
const elsewhere = /\/(browser|react|zod)$/

/**
 * Installs tarballs in a fresh project, loads every entry that needs nothing else as a module and as CommonJS, and asks the
 * command for its version. Gives the project.
 *
 * @throws Error with what was said, when anything fails
 */
export function tryTarballs(tarballs: readonly Tarball[], folder: string, version: string): string {
  const project = join(folder, 'tried')
  mkdirSync(project, { recursive: true })
  const files = Object.fromEntries(tarballs.map(({ name, path }) => [name, `file:${path}`]))
  const manifest = { name: 'tried', version, private: true, dependencies: { ...files, msw: '3.0.5' }, overrides: files }
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest))
  run('npm', install, project)
  const entries = tarballs.flatMap((tarball) => tarball.entries).filter((entry) => !elsewhere.test(entry))
  const all = JSON.stringify(entries)
  const load = (how: string) =>
    `(async () => { for (const entry of ${all}) if (!Object.keys(${how}(entry)).length) throw new Error(entry) })()`
  run('node', ['--eval', load('await import')], project)
  run('node', ['--eval', load('require')], project)
  const said = run('node', [join(project, 'node_modules/.bin/acme-server'), '--version'], project).trim()
  if (said !== version) throw new Error(`the server of version ${version} says that it is ${said}`)
  return project
}

function run(command: string, args: readonly string[], cwd: string): string {
  try {
    return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: 'pipe' })
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    throw new Error(`${command} ${args[0]} failed:\n${stdout}\n${stderr}`)
  }
}
