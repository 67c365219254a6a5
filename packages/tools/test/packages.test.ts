import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packPackages, type Tarball } from '../src/pack-packages.ts'
import { publishedPackages, root } from '../src/repository.ts'

// Guards what people install: a package that works in here and not out there.
const folder = mkdtempSync(join(tmpdir(), 'acme-packages-'))
const project = join(folder, 'project')
let tarballs: readonly Tarball[] = []

function run(command: string, args: readonly string[], cwd = project): string {
  try {
    return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: 'pipe' })
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}\n${stderr}`)
  }
}

beforeAll(() => {
  tarballs = packPackages(folder)
  mkdirSync(project)
  const files = Object.fromEntries(tarballs.map(({ name, path }) => [name, `file:${path}`]))
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({
      private: true,
      type: 'module',
      dependencies: { ...files, msw: '3.0.5', zod: '4.6.7', typescript: '6.0.3', '@types/node': '24.19.2' },
      overrides: files,
    }),
  )
  run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'])
})

afterAll(() => rmSync(folder, { recursive: true }))

describe.each(publishedPackages)('$name', ({ name }) => {
  const tarball = (): Tarball => {
    const found = tarballs.find((one) => one.name === name)
    if (!found) throw new Error(`${name} was not packed`)
    return found
  }

  test('publint has nothing to say', async () => {
    const { messages, pkg } = await publint({ pkgDir: join(project, 'node_modules', name), strict: true })
    expect(messages.map((message) => formatMessage(message, pkg as Record<string, unknown>))).toEqual([])
  })

  test('its types resolve from everywhere', () => {
    const attw = join(root, 'packages/tools/node_modules/.bin/attw')
    // node10 knows no exports map, and no version of Node that we run on resolves like it.
    run(attw, [tarball().path, '--profile', 'node16', '--no-color', '--format', 'ascii'])
  })

  test('it holds what is built and nothing else', () => {
    const files = run('tar', ['-tzf', tarball().path]).trim().split('\n')
    expect(files.filter((file) => !/^package\/(dist\/|package\.json$|README\.md$|LICENSE$)/.test(file))).toEqual([])
    expect(files).toContain('package/LICENSE')
    expect(files).toContain('package/README.md')
  })
})

const app = `
import { createBackend } from '@acme/backend'
import { createFrontend } from '@acme/frontend'
import { createMock } from '@acme/msw'
import { defineMetadata, formatPublishableKey, isAcmeError } from '@acme/schema'
import { frontendUserJson } from '@acme/schema/wire'
import { createServer } from '@acme/server'
import { createMemoryStorage } from '@acme/server/memory'
import { createScryptPasswords } from '@acme/server/node'
import { createSqliteStorage } from '@acme/server/sqlite'
import * as z from 'zod'

const metadata = defineMetadata({ public: z.object({ plan: z.enum(['free', 'pro']) }) })
const secretKey = 'sk_test_0123456789'

async function main(): Promise<void> {
  const publishableKey = formatPublishableKey({ instanceType: 'test', host: '127.0.0.1:1' })
  const server = await createServer({ storage: createMemoryStorage(), publishableKey, secretKeys: [secretKey], passwords: createScryptPasswords() })
  const { users } = createBackend({ secretKey, apiUrl: 'http://127.0.0.1:1', metadata, fetch: (request) => server.fetch(request) })
  const user = await users.createUser({ username: 'ada_lovelace', publicMetadata: { plan: 'pro' } })
  const plan: 'free' | 'pro' = user.publicMetadata.plan
  const frontend = createFrontend({ publishableKey, metadata, fetch: (request) => server.fetch(request) })
  await frontend.load()
  const error: unknown = await users.getUser('user_nobody').catch((reason: unknown) => reason)
  if (!isAcmeError(error) || plan !== 'pro' || frontend.user !== null) throw new Error('it does not work')
  if (!createMock().handlers.length || !frontendUserJson || !createSqliteStorage) throw new Error('an entry is empty')
  console.log('works')
}

void main()
`

test.each([
  ['nodenext', 'nodenext'],
  ['esnext', 'bundler'],
])('an app compiles under module %s, resolution %s, with every library checked', (module, moduleResolution) => {
  writeFileSync(join(project, 'app.ts'), app)
  const options = [
    '--strict',
    '--noEmit',
    '--skipLibCheck',
    'false',
    '--target',
    'es2023',
    '--lib',
    'es2023,dom,dom.iterable',
  ]
  run(join(project, 'node_modules/.bin/tsc'), [
    ...options,
    '--types',
    'node',
    '--module',
    module,
    '--moduleResolution',
    moduleResolution,
    'app.ts',
    '--ignoreConfig',
  ])
})

test('the same app runs as a module and as CommonJS', () => {
  const compile = (file: string, module: string) => {
    writeFileSync(join(project, file), app)
    const options = [
      '--strict',
      '--skipLibCheck',
      '--target',
      'es2023',
      '--lib',
      'es2023,dom,dom.iterable',
      '--types',
      'node',
    ]
    run(join(project, 'node_modules/.bin/tsc'), [
      ...options,
      '--module',
      module,
      '--moduleResolution',
      'nodenext',
      file,
      '--ignoreConfig',
    ])
  }
  compile('app.mts', 'nodenext')
  compile('app.cts', 'nodenext')
  expect(run('node', ['app.mjs'])).toBe('works\n')
  expect(run('node', ['app.cjs'])).toBe('works\n')
})

test('the installed command answers', () => {
  expect(run('node', [join(project, 'node_modules/.bin/acme-server'), '--version'])).toMatch(/^\d+\.\d+\.\d+\n$/)
})
