import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, request as httpRequest, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { freePort } from '../../tools/src/free-port.ts'
import { bundleWhole } from '../../tools/src/runtimes/bundle-whole.ts'
import { needProgram } from '../../tools/src/runtimes/need-program.ts'
import { type Runtime, runtimes } from '../../tools/src/runtimes/runtimes.ts'
import { startWorker } from '../../tools/src/runtimes/start-worker.ts'
import { createStranger, ownLines, run, type Stranger, versionsOf } from './stranger.ts'

// What a stranger does who has the tarballs and these pages: fresh projects, whose files are the blocks of the pages.
let stranger: Stranger
let browser: Browser

beforeAll(async () => {
  stranger = await createStranger({
    ...versionsOf('react', 'react-dom', 'zod', 'vite', '@vitejs/plugin-react', 'msw'),
    ...versionsOf('@types/node', '@types/react', '@types/react-dom'),
    // The fastest of the compilers; that types hold under each is found out elsewhere.
    typescript: versionsOf('typescript-7')['typescript-7'] ?? '',
    express: '5.2.1',
    '@types/express': '5.0.6',
  })
  browser = await chromium.launch({
    executablePath: `${process.env['CHROMIUM_PATH']}`,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  })
})

afterAll(async () => {
  await browser?.close()
  stranger?.close()
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
  writeFileSync(join(home, '.env.local'), `VITE_ACME_PUBLISHABLE_KEY=${stranger.env['ACME_PUBLISHABLE_KEY']}\n`)
  run('node', [stranger.bin('tsc'), '-p', home], stranger.folder)
  run('node', [stranger.bin('vite'), 'build', home], stranger.folder)
}

describe('React, with a server of Node and one of Express behind it', () => {
  let server: Server
  let origin: string
  let page: Page
  let apiPort = 0

  beforeAll(async () => {
    const home = stranger.project('react', template)
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
    const own = (path: string) => ownLines(readFileSync(join(stranger.folder, path), 'utf8'))
    const page = [...own('react/src/metadata.ts'), ...own('react/src/acme.ts')]
    stranger.project('node')
    stranger.project('express')
    stranger.project('workers')
    const making = (path: string) => own(path).filter((line) => line.includes('createBackend('))
    const serverSides = {
      node: [...own('node/metadata.server.ts'), ...making('node/server.ts')],
      // It has its own words for the same, down to what makes its side.
      express: own('express/server.cjs').slice(
        0,
        own('express/server.cjs').findIndex((line) => line.includes('createBackend(')) + 1,
      ),
      workers: [...own('workers/src/metadata.server.ts'), ...making('workers/src/worker.ts')],
    }
    for (const [name, lines] of Object.entries(serverSides)) {
      const count = page.length + lines.filter((line) => !line.startsWith('//')).length
      process.stdout.write(`React and ${name}, typed on both sides: ${count} lines of the reader's own\n`)
      expect(lines.join('\n')).toContain('createBackend(')
      expect(count).toBeLessThanOrEqual(15)
    }
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
    const home = stranger.project(name, {
      'tsconfig.json': tsconfig({ module: 'nodenext', moduleResolution: 'nodenext', checkJs: true, types: ['node'] }),
    })
    run('node', [stranger.bin('tsc'), '-p', home], stranger.folder)
    apiPort = await freePort()
    const env = { PORT: `${apiPort}`, PAGE_ORIGIN: origin }
    const program = stranger.start(home, env, /never/, `--env-file=${join(stranger.folder, '.acme/keys.env')}`, file)
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
    const home = stranger.project('workers', { 'tsconfig.json': tsconfig() })
    run('node', [stranger.bin('tsc'), '-p', home], stranger.folder)
    const workerd = runtimes.find(({ name }) => name === 'workerd') as Runtime
    await bundleWhole(join(home, 'src/worker.ts'), join(home, 'worker.js'), 'worker')
    const program = await needProgram(workerd)
    const worker = await startWorker(program, home, 'worker.js', { ...stranger.env, PAGE_ORIGIN: origin })
    onTestFinished(worker.close)
    const sent = page.waitForRequest('**/api/upgrade')
    await page.getByRole('button', { name: 'Upgrade' }).click()
    const headers = { authorization: `${await (await sent).headerValue('authorization')}` }
    const answer = await fetch(worker.url, { headers })
    expect([answer.status, await answer.json()]).toEqual([200, { plan: 'pro' }])
    expect((await fetch(worker.url)).status).toBe(401)
    const elsewhere = { ...stranger.env, PAGE_ORIGIN: 'https://other.example.com' }
    const other = await startWorker(program, home, 'worker.js', elsewhere)
    onTestFinished(other.close)
    expect((await fetch(other.url, { headers })).status).toBe(401)
  })
})

test('a plain page signs up, shows and changes', async () => {
  const home = stranger.project('page', { ...vite, 'vite.config.ts': "export default { logLevel: 'warn' }\n" })
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
  const headers = { authorization: `Bearer ${stranger.env['ACME_SECRET_KEY']}`, 'content-type': 'application/json' }
  const [user] = await (await fetch(`${stranger.url}/v1/users?username=${username}`, { headers })).json()
  const body = JSON.stringify({ public_metadata: { plan } })
  await fetch(`${stranger.url}/v1/users/${user.id}/metadata`, { method: 'PATCH', headers, body })
}
