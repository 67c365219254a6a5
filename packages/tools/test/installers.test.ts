import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { transform } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { scaled } from '../../conformance/scaled.ts'
import { type Installer, installers } from '../src/installers.ts'
import { packPackages } from '../src/pack-packages.ts'
import { needProgram } from '../src/runtimes/need-program.ts'
import { strangerApp } from '../src/stranger-app.ts'
import { pageWith, runtimesPage, toMarkdown } from '../src/table.ts'

// The packed packages, installed by each program that people install with.
const folder = mkdtempSync(join(tmpdir(), 'acme-installers-'))
const tried = installers.slice(0, scaled(installers.length))
const columns = ['installs', 'runs as a module', 'runs as CommonJS', 'has the command']
const came = new Map<string, Set<string>>()
let tarballs: Readonly<Record<string, string>> = {}

beforeAll(() => {
  tarballs = Object.fromEntries(packPackages(folder).map(({ name, path }) => [name, `file:${path}`]))
})

afterAll(() => rmSync(folder, { recursive: true }))

/** The registry of this machine, by each installer's name for it. */
function registry(): Record<string, string> {
  const url = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim()
  return { npm_config_registry: url, YARN_NPM_REGISTRY_SERVER: url, BUN_CONFIG_REGISTRY: url }
}

async function run([command, ...args]: readonly string[], cwd: string): Promise<string> {
  const env = { ...process.env, ...registry() }
  const ended = promisify(execFile)(`${command}`, args, { cwd, env })
  return (await ended.catch(({ message, stdout, stderr }) => expect.fail(`${message}\n${stdout}\n${stderr}`))).stdout
}

async function tryOut(installer: Installer): Promise<void> {
  const { name, prepare, command, install, run: runner = () => ['node'] } = installer
  const done = new Set<string>()
  came.set(name, done)
  const path = await needProgram(installer)
  const project = join(folder, name.replace(' ', '-'))
  mkdirSync(project)
  const dependencies = { ...tarballs, msw: '3.0.5', zod: '4.6.7' }
  prepare(project, { name: 'app', private: true, version: '1.0.0', dependencies }, tarballs)
  await run([...command(path), ...install], project)
  done.add('installs')
  for (const [file, format, column] of [
    ['app.mjs', 'esm', 'runs as a module'],
    ['app.cjs', 'cjs', 'runs as CommonJS'],
  ] as const) {
    writeFileSync(join(project, file), (await transform(strangerApp, { loader: 'ts', format })).code)
    expect(await run([...runner(path), file], project)).toBe('works\n')
    done.add(column)
  }
  const bin = installer.run ? [...command(path), 'acme-server'] : [join(project, 'node_modules/.bin/acme-server')]
  expect(await run([...bin, '--version'], project)).toMatch(/^\d+\.\d+\.\d+\n$/)
  done.add('has the command')
}

describe.concurrent('the packages are installed', () => {
  test.each(tried)('by $name', tryOut)
})

test('and the docs have the whole table', async () => {
  const rows = installers.map(({ name }) => name)
  const table = (cell: (row: string, column: string) => string) =>
    toMarkdown({ corner: 'installer', columns, rows, cell })
  const cell = (row: string, column: string) => {
    if (!tried.some(({ name }) => name === row)) return 'not now'
    return came.get(row)?.has(column) ? 'yes' : 'FAILED'
  }
  process.stdout.write(`${table(cell)}\n`)
  await expect(
    pageWith(
      'installers',
      table(() => 'yes'),
    ),
  ).toMatchFileSnapshot(runtimesPage)
})
