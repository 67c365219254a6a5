import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request as httpRequest, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packPackages } from '../../tools/src/pack-packages.ts'
import { codeBlocks, withIncludes } from '../src/code-blocks.ts'
import { pages, root } from '../src/places.ts'

// What a stranger does who has the tarballs and these pages: fresh projects, whose files are the blocks of the pages.
const folder = mkdtempSync(join(tmpdir(), 'acme-docs-'))
const children: ChildProcess[] = []
let acme: { readonly url: string; readonly env: Readonly<Record<string, string>> }
let browser: Browser

/** The versions of this repository, of what is not ours. */
function versionsOf(...names: string[]): Record<string, string> {
  const text = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8')
  return Object.fromEntries(
    names.map((name) => [name, new RegExp(`^  "?${name}"?: (\\S+)$`, 'm').exec(text)?.[1] ?? `no ${name}`]),
  )
}

function run(
  command: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): string {
  try {
    return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: 'pipe', env: { ...process.env, ...env } })
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}\n${stderr}`)
  }
}

/** Starts a program and gives what it has printed once that holds a text. */
async function start(cwd: string, env: Readonly<Record<string, string>>, until: RegExp, ...args: string[]) {
  const child = spawn(process.execPath, args, { cwd, env: { ...process.env, ...env }, stdio: 'pipe' })
  children.push(child)
  let said = ''
  return new Promise<string>((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      said += chunk
      if (until.test(said)) resolve(said)
    }
    child.stdout.on('data', listen)
    child.stderr.on('data', listen)
    child.once('exit', () => reject(new Error(`${args.join(' ')} ended:\n${said}`)))
  })
}

/** Makes a project of the files that a page shows, and of what `npm create` would have made. */
function project(page: string, scaffold: Readonly<Record<string, string>> = {}): string {
  const home = join(folder, page)
  const blocks = codeBlocks(withIncludes(readFileSync(join(pages, 'start', `${page}.md`), 'utf8')))
  const shown = blocks.flatMap(({ title, text }) => (title?.includes('.') ? [[title, text] as const] : []))
  expect(shown.length).toBeGreaterThan(0)
  for (const [path, text] of [...Object.entries(scaffold), ...shown]) {
    mkdirSync(dirname(join(home, path)), { recursive: true })
    writeFileSync(join(home, path), text)
  }
  return home
}

beforeAll(async () => {
  const tarballs = Object.fromEntries(packPackages(folder).map(({ name, path }) => [name, `file:${path}`]))
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({
      private: true,
      type: 'module',
      dependencies: {
        ...tarballs,
        ...versionsOf('react', 'react-dom', 'zod', 'vite', '@vitejs/plugin-react', 'msw'),
        ...versionsOf('@types/node', '@types/react', '@types/react-dom'),
        // The fastest of the compilers; that types hold under each is found out elsewhere.
        typescript: versionsOf('typescript-7')['typescript-7'],
        express: '5.2.1',
        '@types/express': '5.0.6',
      },
      overrides: tarballs,
    }),
  )
  run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'], folder)
  const server = join(folder, 'node_modules/.bin/acme-server')
  const said = await start(folder, {}, /Ctrl-C stops/, server, '--port', '0')
  const keys = readFileSync(join(folder, '.acme/keys.env'), 'utf8')
  acme = {
    url: /http:\S+/.exec(said)?.[0] ?? '',
    env: Object.fromEntries(
      keys
        .trim()
        .split('\n')
        .map((line) => line.split('=') as [string, string]),
    ),
  }
  browser = await chromium.launch({
    executablePath: `${process.env['CHROMIUM_PATH']}`,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  })
})

afterAll(async () => {
  await browser?.close()
  for (const child of children) child.kill()
  rmSync(folder, { recursive: true })
})

/** The options of `npm create vite`, as far as they matter to a type. */
const compilerOptions = {
  target: 'es2022',
  lib: ['ES2023', 'DOM', 'DOM.Iterable'],
  module: 'esnext',
  moduleResolution: 'bundler',
  jsx: 'react-jsx',
  types: ['vite/client', 'node'],
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  verbatimModuleSyntax: true,
  allowImportingTsExtensions: true,
}
const tsconfig = (options: object = {}) => JSON.stringify({ compilerOptions: { ...compilerOptions, ...options } })

const vite = {
  'tsconfig.json': tsconfig(),
  'vite.config.ts':
    "import react from '@vitejs/plugin-react'\nexport default { plugins: [react()], logLevel: 'warn' }\n",
}
const template = {
  ...vite,
  'index.html': '<!doctype html><div id="root"></div><script type="module" src="/src/main.tsx"></script>',
  'src/main.tsx':
    "import { createRoot } from 'react-dom/client'\nimport App from './App.tsx'\n\ncreateRoot(document.getElementById('root')!).render(<App />)\n",
}
const bin = (name: string) => join(folder, 'node_modules/.bin', name)

/** Serves a page as it was built, and its `/api` by a server of the reader's; gives the origin that browsers see. */
async function serveBuilt(
  home: string,
  apiPort: () => number,
): Promise<{ readonly server: Server; readonly origin: string }> {
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/api/')) {
      const { method, url: path, headers } = request
      const passed = httpRequest({ port: apiPort(), method, path, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      })
      passed.on('error', () => response.writeHead(502).end())
      request.pipe(passed)
      return
    }
    const path = request.url === '/' ? '/index.html' : `${request.url}`
    const type = path.endsWith('.js') ? 'text/javascript' : path.endsWith('.css') ? 'text/css' : 'text/html'
    response.writeHead(200, { 'content-type': type }).end(readFileSync(join(home, 'dist', path)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

function build(home: string): void {
  writeFileSync(join(home, '.env.local'), `VITE_ACME_PUBLISHABLE_KEY=${acme.env['ACME_PUBLISHABLE_KEY']}\n`)
  run('node', [bin('tsc'), '-p', home], folder)
  run('node', [bin('vite'), 'build', home], folder)
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}

describe('React, with a server of Node and one of Express behind it', () => {
  let server: Server
  let origin: string
  let page: Page
  let apiPort = 0

  beforeAll(async () => {
    const home = project('react', template)
    build(home)
    ;({ server, origin } = await serveBuilt(home, () => apiPort))
    page = await browser.newPage()
    await page.goto(origin)
  })

  afterAll(async () => {
    await page?.context().close()
    server?.closeAllConnections()
    server?.close()
  })

  test('what is typed on both sides is at most fifteen lines of the reader’s own, imports aside', () => {
    const lines = ['react/src/metadata.ts', 'react/src/acme.ts'].flatMap((path) =>
      readFileSync(join(folder, path), 'utf8')
        .split('\n')
        .filter((line) => line.trim() && !line.startsWith('import ')),
    )
    // And the one that makes the server's side.
    expect(lines.length + 1).toBeLessThanOrEqual(15)
  })

  test('who signs up sees what was chosen, and changes it', async () => {
    await page.getByLabel('Username').fill('ada_l')
    await page.getByLabel('Password').fill('correct horse battery')
    await page.getByRole('button', { name: 'Sign up' }).click()
    await page.getByText('ada_l has the plan free.').waitFor()
    await page.getByText('The theme is dark.').waitFor()
    await page.getByRole('button', { name: 'Make it light' }).click()
    await page.getByText('The theme is light.').waitFor()
  })

  test.each([
    ['node', 'server.ts'],
    ['express', 'server.cjs'],
  ])('the upgrade of %s is typed, reaches the user, and refuses who has no token', async (name, file) => {
    const home = project(name, {
      'tsconfig.json': tsconfig({ module: 'nodenext', moduleResolution: 'nodenext', checkJs: true, types: ['node'] }),
    })
    run('node', [bin('tsc'), '-p', home], folder)
    apiPort = await freePort()
    const env = { PORT: `${apiPort}`, PAGE_ORIGIN: origin }
    const program = start(home, env, /never/, `--env-file=${join(folder, '.acme/keys.env')}`, file)
    const asked = expect
      .poll(() =>
        fetch(`${origin}/api/upgrade`, { method: 'POST' }).then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(401)
    // Whichever is first: it answers, or it has ended, and said why.
    await Promise.race([asked, program])
    await page.getByRole('button', { name: 'Upgrade' }).click()
    await page.getByText('ada_l has the plan pro.').waitFor()
    // For the next one.
    await setPlan('ada_l', 'free')
    await page.reload()
    await page.getByText('ada_l has the plan free.').waitFor()
  })

  test('a worker answers by the same token', async () => {
    const home = project('workers', { 'tsconfig.json': tsconfig() })
    run('node', [bin('tsc'), '-p', home], folder)
    const sent = page.waitForRequest('**/api/upgrade')
    await page.getByRole('button', { name: 'Upgrade' }).click()
    const headers = { authorization: `${await (await sent).headerValue('authorization')}` }
    const { default: worker } = await import(/* @vite-ignore */ pathToFileURL(join(home, 'src/worker.ts')).href)
    const env = { ...acme.env, PAGE_ORIGIN: origin }
    const answer = await worker.fetch(new Request('https://worker.example.com/', { headers }), env)
    expect([answer.status, await answer.json()]).toEqual([200, { plan: 'pro' }])
    expect((await worker.fetch(new Request('https://worker.example.com/'), env)).status).toBe(401)
    const elsewhere = { ...env, PAGE_ORIGIN: 'https://other.example.com' }
    expect((await worker.fetch(new Request('https://worker.example.com/', { headers }), elsewhere)).status).toBe(401)
  })
})

test('a plain page signs up, shows and changes', async () => {
  const home = project('page', { ...vite, 'vite.config.ts': "export default { logLevel: 'warn' }\n" })
  build(home)
  const { server, origin } = await serveBuilt(home, () => 0)
  const page = await browser.newPage()
  await page.goto(origin)
  await page.getByText('Nobody is signed in.').waitFor()
  await page.getByLabel('Username').fill('grace_h')
  await page.getByLabel('Password').fill('correct horse battery')
  await page.getByRole('button', { name: 'Sign up' }).click()
  await page.getByText('grace_h: plan free, theme dark').waitFor()
  await page.getByRole('button', { name: 'Other theme' }).click()
  await page.getByText('grace_h: plan free, theme light').waitFor()
  await page.context().close()
  server.closeAllConnections()
  server.close()
})

async function setPlan(username: string, plan: string): Promise<void> {
  const headers = { authorization: `Bearer ${acme.env['ACME_SECRET_KEY']}`, 'content-type': 'application/json' }
  const [user] = await (await fetch(`${acme.url}/v1/users?username=${username}`, { headers })).json()
  const body = JSON.stringify({ public_metadata: { plan } })
  await fetch(`${acme.url}/v1/users/${user.id}/metadata`, { method: 'PATCH', headers, body })
}
