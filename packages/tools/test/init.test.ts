import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, inject, test } from 'vitest'
import { packPackages } from '../src/pack-packages.ts'

// What somebody has who begins with `npx @acme/server init`: from the tarballs, every script of the app.
const folder = mkdtempSync(join(tmpdir(), 'acme-init-'))
afterAll(() => rmSync(folder, { recursive: true }))

const install = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']

function run(command: string, args: readonly string[], cwd: string): string {
  const env: NodeJS.ProcessEnv = { ...process.env, NEXT_TELEMETRY_DISABLED: '1' }
  // An app of its own knows nothing of the run that it is tried by.
  for (const name of Object.keys(env)) if (/^(VITEST|NODE_ENV$|TEST$)/.test(name)) delete env[name]
  try {
    return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: 'pipe', env })
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}\n${stderr}`)
  }
}

// Their installing takes long: a run of a part tries the templates in this repository alone.
describe.runIf(inject('scale') === 1)('an app that init makes', () => {
  test.each(['vite', 'next'])('of the template %s installs, compiles, builds and passes its tests', (template) => {
    const tools = join(folder, template, 'tools')
    mkdirSync(tools, { recursive: true })
    const tarballs = Object.fromEntries(packPackages(tools).map(({ name, path }) => [name, `file:${path}`]))
    const { '@acme/schema': schema, '@acme/server': server } = tarballs
    const dependencies = { '@acme/schema': schema, '@acme/server': server }
    writeFileSync(join(tools, 'package.json'), JSON.stringify({ private: true, dependencies, overrides: dependencies }))
    run('npm', install, tools)
    const program = join(tools, 'node_modules/.bin/acme-server')
    const said = run('node', [program, 'init', 'My App', '--template', template], join(folder, template))
    expect(said).toContain('npm install')

    const app = join(folder, template, 'My App')
    const manifest = JSON.parse(readFileSync(join(app, 'package.json'), 'utf8'))
    expect(manifest.name).toBe('my-app')
    expect(JSON.stringify(manifest)).not.toMatch(/workspace:|catalog:/)
    expect(existsSync(join(app, '.gitignore'))).toBe(true)
    // Until they are published.
    for (const list of [manifest.dependencies, manifest.devDependencies]) {
      for (const name of Object.keys(list)) list[name] = tarballs[name] ?? list[name]
    }
    writeFileSync(join(app, 'package.json'), JSON.stringify({ ...manifest, overrides: tarballs }))
    run('npm', install, app)
    run('npm', ['run', 'build'], app)
    run('npm', ['exec', '--', 'tsc', '--noEmit'], app)
    expect(run('npm', ['test'], app)).toMatch(/Tests .*4 passed/)
  })
})
