import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import type { JsonObject } from '@acme/schema'
import { transform } from 'esbuild'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { scaled } from '../../conformance/scaled.ts'
import { createSeenMetadata, writeModules, writers } from '../../server/src/node/infer/write-modules.ts'
import { randomMetadata } from '../../server/test/random-metadata.ts'
import { packPackages, type Tarball } from '../src/pack-packages.ts'
import { publishedPackages, root } from '../src/repository.ts'
import { strangerApp, strangerSdkApp } from '../src/stranger-app.ts'
import { pageWith, runtimesPage, toMarkdown } from '../src/table.ts'

// Guards what people install: a package that works in here and not out there.
const folder = mkdtempSync(join(tmpdir(), 'acme-packages-'))
const project = join(folder, 'project')
const install = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']
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
      dependencies: {
        ...files,
        jest: '30.5.2',
        msw: '3.0.5',
        zod: '4.6.7',
        valibot: '1.5.0',
        arktype: '2.2.9',
        'expect-type': '1.4.0',
        typescript: '6.0.3',
        'typescript-5.9': 'npm:typescript@5.9.3',
        'typescript-7.0': 'npm:typescript@7.0.2',
        '@types/node': '24.19.2',
      },
      overrides: files,
    }),
  )
  run('npm', install)
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

const compilers = { '5.9': 'typescript-5.9', '6.0': 'typescript', '7.0': 'typescript-7.0' }
const resolutions = { nodenext: 'nodenext', node16: 'node16', bundler: 'esnext' }

/** Every compiler with every resolution, those of the fastest compiler first; the types of each are tried below. */
const pairs = Object.keys(compilers)
  .reverse()
  .flatMap((compiler) => Object.keys(resolutions).map((resolution) => [compiler, resolution] as const))

const compiled = new Set<string>()

describe('an app compiles with every library checked', () => {
  test.each(pairs.slice(0, scaled(pairs.length, 3)))(
    'under TypeScript %s, resolution %s',
    async (version, resolution) => {
      const folder = join(project, `compiled-${version.replace('.', '-')}-${resolution}`)
      mkdirSync(folder)
      // As a module and as CommonJS, where that makes a difference; node16 knows no `require` of modules, which the server
      // and the mock need.
      const older = resolution === 'node16' ? strangerSdkApp : strangerApp
      const files = resolution === 'bundler' ? { 'app.ts': strangerApp } : { 'app.mts': strangerApp, 'app.cts': older }
      for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text)
      const compilerOptions = {
        strict: true,
        noEmit: true,
        skipLibCheck: false,
        target: 'es2023',
        lib: ['es2023', 'dom', 'dom.iterable'],
        types: ['node'],
        module: resolutions[resolution as keyof typeof resolutions],
        moduleResolution: resolution,
      }
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: Object.keys(files) }))
      const compiler = compilers[version as keyof typeof compilers]
      const tsc = promisify(execFile)('node', [join(project, 'node_modules', compiler, 'bin/tsc'), '-p', folder])
      await tsc.catch(({ stdout }) => expect.fail(stdout))
      compiled.add(`${version} ${resolution}`)
    },
  )
})

test('the docs have the whole table of compilers', async () => {
  const table = (corner: string, cell: (version: string, resolution: string) => string) =>
    toMarkdown({ corner, columns: Object.keys(resolutions), rows: Object.keys(compilers), cell })
  const isTried = (one: string) => pairs.slice(0, scaled(pairs.length, 3)).some((pair) => pair.join(' ') === one)
  const came = (one: string) => (compiled.has(one) ? 'yes' : isTried(one) ? 'FAILED' : 'not now')
  process.stdout.write(`${table('TypeScript', (version, resolution) => came(`${version} ${resolution}`))}\n`)
  await expect(
    pageWith(
      'compilers',
      table('TypeScript', () => 'yes'),
    ),
  ).toMatchFileSnapshot(runtimesPage)
})

test('the same app runs as a module and as CommonJS', async () => {
  for (const [file, format] of [
    ['app.mjs', 'esm'],
    ['app.cjs', 'cjs'],
  ] as const) {
    writeFileSync(join(project, file), (await transform(strangerApp, { loader: 'ts', format })).code)
    expect(run('node', [file])).toBe('works\n')
  }
})

test('the installed command answers', () => {
  expect(run('node', [join(project, 'node_modules/.bin/acme-server'), '--version'])).toMatch(/^\d+\.\d+\.\d+\n$/)
})

test('React is not installed where nobody asked for it', () => {
  expect(existsSync(join(project, 'node_modules/react'))).toBe(false)
})

const page = `
import { JSDOM } from 'jsdom'
const { window } = new JSDOM('<div id="root"></div>', { url: 'http://127.0.0.1:3000' })
Object.assign(globalThis, { window, document: window.document, IS_REACT_ACT_ENVIRONMENT: false })
const { createElement: h, StrictMode, version } = await import('react')
const { createRoot } = await import('react-dom/client')
const { createFrontend } = await import('@acme/frontend')
const { AcmeProvider, useUnsafeMetadata, useUser } = await import('@acme/frontend/react')
const { createMock } = await import('@acme/msw/node')
const mock = createMock({ users: [{ username: 'ada', unsafeMetadata: { theme: 'light' } }] })
mock.listen()
await mock.signInAs('ada')
function Theme() {
  const { value, set } = useUnsafeMetadata()
  return h('button', { onClick: () => set({ theme: 'dark' }) }, value.theme)
}
function App() {
  const { isLoaded, user } = useUser()
  return isLoaded ? h('p', null, user.username, h(Theme)) : 'loading'
}
const frontend = createFrontend({ publishableKey: mock.publishableKey })
const root = createRoot(document.getElementById('root'))
root.render(h(StrictMode, null, h(AcmeProvider, { frontend }, h(App))))
const until = async (text) => {
  for (let tries = 0; document.body.textContent !== text; tries++) {
    if (tries > 200) throw new Error('never showed ' + text + ' but ' + document.body.textContent)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
await until('adalight')
document.querySelector('button').click()
await until('adadark')
for (let tries = 0; (await mock.users.get('ada')).unsafeMetadata.theme !== 'dark'; tries++) {
  if (tries > 200) throw new Error('never saved')
  await new Promise((resolve) => setTimeout(resolve, 20))
}
console.log('works with React ' + version)
process.exit(0)
`

test('the hooks work with the oldest React they are promised for', () => {
  const older = join(folder, 'react-18')
  mkdirSync(older)
  const { dependencies, overrides } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'))
  const needed = Object.keys(overrides).map((name) => [name, dependencies[name]])
  const versions = { msw: dependencies.msw, react: '18.2.0', 'react-dom': '18.2.0', jsdom: '31.0.1' }
  writeFileSync(
    join(older, 'package.json'),
    JSON.stringify({
      private: true,
      type: 'module',
      dependencies: { ...Object.fromEntries(needed), ...versions },
      overrides,
    }),
  )
  run('npm', install, older)
  writeFileSync(join(older, 'page.js'), page)
  expect(run('node', ['page.js'], older)).toBe('works with React 18.2.0\n')
})

const jestTest = `
const acme = createMock({ users: [{ username: 'ada' }] })
beforeAll(() => acme.listen())
afterEach(() => acme.reset())
afterAll(() => acme.close())

test('the real rules, under Jest', async () => {
  const { users } = createBackend({ secretKey: acme.secretKey, apiUrl: acme.url })
  const ada = await acme.users.get('ada')
  await users.updateUserMetadata(ada.id, { publicMetadata: { plan: 'pro' } })
  expect((await acme.users.get('ada')).publicMetadata).toEqual({ plan: 'pro' })
  await expect(users.updateUserMetadata(ada.id, { publicMetadata: { bio: 'x'.repeat(9000) } })).rejects.toThrow('8192')
})
`

test('the mock works under Jest, in modules and in CommonJS', () => {
  const names = ['{ createBackend }', '{ createMock }']
  const packages = ["'@acme/backend'", "'@acme/msw/node'"]
  const head = (line: (name: string, from: string) => string) =>
    names.map((name, index) => line(name, `${packages[index]}`)).join('\n')
  writeFileSync(join(project, 'jest.test.mjs'), head((name, from) => `import ${name} from ${from}`) + jestTest)
  writeFileSync(join(project, 'jest.test.cjs'), head((name, from) => `const ${name} = require(${from})`) + jestTest)
  const jest = ['--experimental-vm-modules', '--no-warnings', join(project, 'node_modules/jest/bin/jest.js')]
  // Throws with what Jest has said unless both files pass.
  run('node', [...jest, '--testMatch', '**/jest.test.{mjs,cjs}'])
})

/** The options of this repository, as a project of its own has them. */
function writeProject(name: string, include: string): string {
  const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.base.json'), 'utf8'))
  const { customConditions, isolatedDeclarations, declaration, ...options } = compilerOptions
  const file = join(project, `tsconfig.${name}.json`)
  writeFileSync(
    file,
    JSON.stringify({ compilerOptions: { ...options, lib: ['ES2024', 'DOM'], types: ['node'] }, include: [include] }),
  )
  return file
}

/** Both clients take what was inferred, and what they read has a type. */
const inferredUse = `
import { createBackend } from '@acme/backend'
import { createFrontend } from '@acme/frontend'
const { users } = createBackend({ secretKey: '', metadata: serverMetadata })
const { user } = createFrontend({ publishableKey: '', metadata })
export const read = [(await users.getUser('')).privateMetadata, user?.publicMetadata]
`

/** The compilers that are tried: a part is the newest, which is also the fastest. */
const tried = Object.entries(compilers).slice(-scaled(Object.keys(compilers).length))

describe.each(tried)('under TypeScript %s', (version, compiler) => {
  const tsc = (...args: string[]) => run('node', [join(project, 'node_modules', compiler, 'bin/tsc'), ...args])

  test('the compiler is the one it is called', () => {
    expect(tsc('--version')).toContain(version)
  })

  test('what schema infer writes of random users compiles, and types both clients', () => {
    const folder = join(project, 'inferred-schemas')
    rmSync(folder, { recursive: true, force: true })
    for (const [index, { values }] of randomMetadata(scaled(50), 30, 11).entries()) {
      const seen = createSeenMetadata()
      for (const value of values as JsonObject[]) seen.add({ public: value, unsafe: value, private: value })
      for (const to of writers.keys()) {
        const app = join(folder, `${to}-${index}`)
        mkdirSync(app, { recursive: true })
        const { shared, server } = writeModules(seen, { to, privateExamples: true, name: 'metadata.ts', of: 30 })
        writeFileSync(join(app, 'metadata.ts'), shared)
        if (server) writeFileSync(join(app, 'metadata.server.ts'), server + inferredUse)
      }
    }
    tsc('-p', writeProject('inferred-schemas', 'inferred-schemas'))
  })

  test.each(['types', 'registered'])('every assertion of conformance/%s holds for what people install', (name) => {
    const folder = join(project, name)
    mkdirSync(folder, { recursive: true })
    let assertions = 0
    for (const file of globSync(join(root, 'packages/conformance', name, '*.test-d.ts'))) {
      const text = readFileSync(file, 'utf8')
      assertions += text.match(/expectTypeOf[<(]|@ts-expect-error/g)?.length ?? 0
      // Without the test runner, whose own types need not compile everywhere.
      const head = "import { expectTypeOf } from 'expect-type'\nconst test = (_: string, run: () => void) => run\n"
      const body = text.replace("import { expectTypeOf, test } from 'vitest'\n", head)
      writeFileSync(join(folder, basename(file)), body)
    }
    tsc('-p', writeProject(name, name))
    process.stdout.write(`${assertions} assertions of ${name} hold under TypeScript ${version}\n`)
    expect(assertions).toBeGreaterThan(20)
  })
})

const wrongPage = `
import { createFrontend } from '@acme/frontend'
import { defineMetadata } from '@acme/schema'
import * as z from 'zod'
const schema = z.object({ plan: z.enum(['free', 'pro']), address: z.object({ street: z.string() }).optional() })
const metadata = defineMetadata({ public: schema, unsafe: schema })
const { user, signUp } = createFrontend({ publishableKey: '', metadata })
void user?.update({ publicMetadata: { plan: 'pro' } })
void user?.updateMetadata({ publicMetadata: { plan: 'pro' } })
void user?.updateMetadata({ publicMetadata: {} })
void user?.updateMetadata({ privateMetadata: { customer: 'cus_1' } })
void user?.modifyMetadata(() => ({ publicMetadata: { plan: 'pro' } }))
void signUp.create({ publicMetadata: { plan: 'pro' } })
void user?.update({ unsafeMetadata: { plan: 'gold' } })
`

const wrongReads = `
import { createBackend } from '@acme/backend'
import { createFrontend } from '@acme/frontend'
import { defineMetadata } from '@acme/schema'
import { type } from 'arktype'
import * as v from 'valibot'
import * as z from 'zod'
const schema = z.object({ plan: z.enum(['free', 'pro']), address: z.object({ street: z.string() }).optional() })
const metadata = defineMetadata({ public: schema, unsafe: schema }, { claims: { plan: 'public.plan' } })
const { user, signUp } = createFrontend({ publishableKey: '', metadata })
void user?.privateMetadata
void user?.modifyMetadata(({ privateMetadata }) => ({ unsafeMetadata: { plan: privateMetadata } }))
void signUp.privateMetadata
const { users } = createBackend({ metadata: metadata.withPrivate(z.object({ customer: z.string() })) })
void (await users.getUser('')).toClient().privateMetadata
void (await users.getUser('')).toJSON().privateMetadata
const valibot = v.object({ plan: v.picklist(['free', 'pro']) })
void createFrontend({ publishableKey: '', metadata: defineMetadata({ public: valibot }) }).user?.privateMetadata
const arktype = type({ plan: "'free' | 'pro'" })
void createFrontend({ publishableKey: '', metadata: defineMetadata({ public: arktype }) }).user?.privateMetadata
`

/** What the message of each wrong line says; a schema library's types would take hundreds of characters. */
const wrongLines = [
  ...Array.from({ length: 3 }, () => "publicMetadata is not the frontend's to write"),
  "privateMetadata is not the frontend's to write",
  ...Array.from({ length: 2 }, () => "publicMetadata is not the frontend's to write"),
  '"free" | "pro"',
]

/** What a compiler says of a file that does not compile. */
function messagesOf(version: string, compiler: string, file: string, text: string): string[] {
  // No dot in it: it would be the name of a file.
  const name = `wrong-${file}-${version.replace('.', '-')}`
  const folder = join(project, name)
  mkdirSync(folder)
  writeFileSync(join(folder, `${file}.ts`), text)
  const tsc = [join(project, 'node_modules', compiler, 'bin/tsc'), '-p', writeProject(name, name)]
  const { stdout } = spawnSync('node', [...tsc, '--pretty', 'false'], { cwd: project, encoding: 'utf8' })
  // Nothing of the schema library, in the lines that explain either.
  expect(stdout).not.toMatch(/Zod|Schema|~standard|arktype/i)
  return [...stdout.matchAll(/^\S+\.ts\(.*?error TS\d+: (.*)$/gm)].map(([, message]) => `${message}`)
}

test.each(tried)('TypeScript %s says of a wrong write which rule it breaks', (version, compiler) => {
  const messages = messagesOf(version, compiler, 'page', wrongPage)
  expect(messages).toEqual(wrongLines.map((rule) => expect.stringContaining(rule)))
  expect(Math.max(...messages.map((message) => message.length))).toBeLessThan(160)
})

test.each(tried)(
  'TypeScript %s says of a read of what a page may not see that it is not there, by the keys of the app alone',
  (version, compiler) => {
    const messages = messagesOf(version, compiler, 'reads', wrongReads)
    const types = ['User', 'User', 'SignUp', 'ClientUser', 'ClientUser', 'User', 'User']
    expect(messages).toEqual(
      types.map((type) =>
        expect.stringMatching(
          new RegExp(`^Property 'privateMetadata' does not exist on type '${type}<.*plan: "free" . "pro"`),
        ),
      ),
    )
    expect(Math.max(...messages.map((message) => message.length))).toBeLessThan(400)
  },
)

const fields = Array.from({ length: 20 }, (_, index) => {
  const types = [
    'z.string()',
    'z.number().optional()',
    "z.enum(['a', 'b'])",
    'z.object({ x: z.number(), y: z.string() })',
  ]
  return `  field${index}: ${types[index % types.length]},`
})
const schemaText = `
import * as z from 'zod'
export const schema = z.object({
${fields.join('\n')}
})
`
const inferred = `
import type * as z from 'zod'
import { schema } from './schema.ts'
type Output = z.output<typeof schema>
type Input = z.input<typeof schema>
export const read = (value: Output) => value.field3.x + value.field0.length
export const write: Input = schema.parse({})
`
const throughClients = `
import { createBackend } from '@acme/backend'
import { createFrontend } from '@acme/frontend'
import { defineMetadata } from '@acme/schema'
import { schema } from './schema.ts'
const metadata = defineMetadata({ public: schema, unsafe: schema })
const { users } = createBackend({ secretKey: '', metadata: metadata.withPrivate(schema) })
const { user } = createFrontend({ publishableKey: '', metadata })
export const read = user && user.publicMetadata.field3.x + user.unsafeMetadata.field0.length
void users.updateUserMetadata('user_1', { privateMetadata: { field1: null, field3: { x: 1 } } })
void user?.updateMetadata({ unsafeMetadata: { field0: 'a' } })
`

test('typing both clients costs the compiler less than half of what inferring the schemas costs', () => {
  const count = (name: string, text: string) => {
    const folder = join(project, name)
    mkdirSync(folder)
    writeFileSync(join(folder, 'schema.ts'), schemaText)
    writeFileSync(join(folder, 'app.ts'), text)
    const output = run(join(project, 'node_modules/.bin/tsc'), [
      '-p',
      writeProject(name, name),
      '--extendedDiagnostics',
    ])
    return Number(/^Instantiations:\s+(\d+)/m.exec(output)?.[1])
  }
  const [alone, clients] = [count('inferred', inferred), count('clients', throughClients)]
  process.stdout.write(`instantiations: ${clients} / ${alone} = ${(clients / alone).toFixed(2)}\n`)
  // Counted by the compiler, so the same on every machine.
  expect(clients / alone).toBeLessThan(1.5)
})
