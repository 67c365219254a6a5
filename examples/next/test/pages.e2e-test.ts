import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { type AddressInfo, createServer as createProbe } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createBackend } from '@acme/backend'
import { type RunningServer, startServer } from '@acme/server/node'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'

// The built app as it runs in production, real chromium, the real server, and a real SQLite file.
const root = fileURLToPath(new URL('..', import.meta.url))
const next = createRequire(import.meta.url).resolve('next/dist/bin/next')
let directory: string
let server: RunningServer
let app: ChildProcess
let origin: string
let browser: Browser
let said = ''

async function freePort(): Promise<number> {
  const probe = createProbe()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'acme-next-'))
  const port = await freePort()
  origin = `http://127.0.0.1:${port}`
  server = await startServer({ directory, port: 0 })
  const env = {
    ...process.env,
    NODE_ENV: 'production' as const,
    NEXT_TELEMETRY_DISABLED: '1',
    ACME_PUBLISHABLE_KEY: server.publishableKey,
    ACME_SECRET_KEY: server.secretKey,
    ACME_API_URL: server.url,
    APP_ORIGIN: origin,
  }
  execFileSync(process.execPath, [next, 'build', '--webpack'], { cwd: root, env, stdio: 'pipe' })
  app = spawn(process.execPath, [next, 'start', '-H', '127.0.0.1', '-p', `${port}`], { cwd: root, env })
  for (const stream of [app.stdout, app.stderr]) stream?.on('data', (data) => (said += data))
  await vi.waitFor(() => fetch(origin), { timeout: 120_000 })
  browser = await chromium.launch({
    executablePath: `${process.env['CHROMIUM_PATH']}`,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  })
})

afterAll(async () => {
  await browser?.close()
  app?.kill()
  await server?.close()
  await rm(directory, { recursive: true })
})

interface Visitor {
  readonly context: BrowserContext
  readonly page: Page
  /** What the browser complained of: failed hydration, for example. */
  readonly complaints: string[]
  received(): Promise<string>
}

/** Opens the page in a browser of its own, and keeps every byte it receives, headers included. */
async function visit(): Promise<Visitor> {
  const context = await browser.newContext()
  const replies: Promise<string>[] = []
  const complaints: string[] = []
  context.on('response', (response) => {
    const text = response.text().catch(() => '')
    replies.push(Promise.all([text, response.allHeaders()]).then(([body, headers]) => body + JSON.stringify(headers)))
  })
  context.on('console', (message) => void (/error|warning/.test(message.type()) && complaints.push(message.text())))
  context.on('weberror', (error) => complaints.push(`${error.error()}`))
  const page = await context.newPage()
  await page.goto(origin)
  return { context, page, complaints, received: async () => (await Promise.all(replies)).join('\n') }
}

async function signUp(page: Page, username: string): Promise<void> {
  await page.getByLabel('Username').fill(username)
  await page.getByLabel('Password').fill('correct horse battery')
  await page.getByRole('button', { name: 'Sign up' }).click()
  await page.getByTestId('server').waitFor()
}

function users() {
  return createBackend<unknown>({ secretKey: server.secretKey, apiUrl: server.url }).users
}

async function stored(username: string) {
  const { data } = await users().getUserList({ username: [username] })
  if (!data[0]) throw new Error(`${username} is not there`)
  return data[0]
}

test('the server renders who is signed in, the browser takes over without a word, and private metadata stays', async () => {
  const { page, context, complaints, received } = await visit()
  await signUp(page, 'ada_lovelace')
  await page.getByRole('button', { name: 'Upgrade to pro' }).click()
  await page.getByText('and there is a customer to bill').waitFor()
  expect(await page.getByTestId('plan').textContent()).toBe('pro')
  const { id, privateMetadata } = await stored('ada_lovelace')
  expect(privateMetadata).toEqual({ paymentCustomerId: `cus_${id.slice(-12)}` })

  await page.reload()
  await page.getByRole('button', { name: 'Make it dark' }).click()
  await expect.poll(() => page.getByLabel('Theme').inputValue()).toBe('dark')
  await page.goto(`${origin}/badge`)
  await page.getByText('Plan: pro').waitFor()

  // What the server sent, before any script has run.
  const cookies = await context.cookies(origin)
  const plain = await browser.newContext({ javaScriptEnabled: false })
  await plain.addCookies(cookies)
  const still = await plain.newPage()
  await still.goto(origin)
  expect(await still.getByTestId('server').textContent()).toContain('the plan is pro')
  expect(await still.getByTestId('plan').textContent()).toBe('pro')
  expect(await still.getByLabel('Theme').inputValue()).toBe('dark')
  const flights: string[] = []
  for (const path of ['/', '/badge']) {
    const flight = await context.request.get(origin + path, { headers: { rsc: '1' } })
    expect(flight.headers()['content-type']).toContain('text/x-component')
    flights.push(await flight.text())
    expect(flights.at(-1)).toContain('ada_lovelace')
  }

  const everything = [await received(), await still.content(), ...flights].join('\n')
  expect(everything).toContain('ada_lovelace')
  expect(everything).not.toContain('paymentCustomerId')
  expect(everything).not.toContain(`cus_${id.slice(-12)}`)
  expect(complaints).toEqual([])
  expect(said).not.toMatch(/error|warn/i)
  await plain.close()
  await context.close()
})

test('two tabs show the same, in the order of the edits, and a refused edit goes back with its reason', async () => {
  const { page, context } = await visit()
  await signUp(page, 'bea')
  const other = await context.newPage()
  await other.goto(origin)
  await page.getByLabel('Theme').selectOption('dark')
  await expect.poll(() => other.getByLabel('Theme').inputValue()).toBe('dark')
  await other.getByLabel('Theme').selectOption('light')
  await other.getByLabel('Theme').selectOption('dark')
  await expect.poll(() => page.getByLabel('Theme').inputValue()).toBe('dark')
  await expect.poll(async () => (await stored('bea')).unsafeMetadata).toEqual({ theme: 'dark' })

  await page.getByLabel('About you').fill('字'.repeat(3_000))
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('alert').filter({ hasText: '8192' }).waitFor()
  expect(await page.getByTestId('bytes').textContent()).toBe('16 bytes used, 8176 left')
  expect((await stored('bea')).unsafeMetadata).toEqual({ theme: 'dark' })
  await context.close()
})

test('the session cookie goes with the session, and none, a forged or an old one tells nothing', async () => {
  const { page, context } = await visit()
  await signUp(page, 'cleo')
  const token = (await context.cookies(origin)).find(({ name }) => name === '__session')
  expect(token).toMatchObject({ sameSite: 'Lax', path: '/' })
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Join' }).waitFor()
  await expect.poll(() => page.getByTestId('server').count()).toBe(0)
  expect((await context.cookies(origin)).map(({ name }) => name)).not.toContain('__session')

  const upgrade = (cookie: string) => fetch(`${origin}/api/upgrade`, { method: 'POST', headers: { cookie } })
  for (const cookie of ['', '__session=x', `__session=${token?.value.slice(0, -8)}AAAAAAAA`]) {
    expect((await upgrade(cookie)).status).toBe(401)
    expect((await fetch(origin, { headers: { cookie } })).status).toBe(200)
  }
  expect((await stored('cleo')).privateMetadata).toEqual({})
  await context.close()
})

test('everyone can use the pages, on a desk and in a hand', async () => {
  const { page, context } = await visit()
  const look = async (name: string) => {
    for (const width of [1_280, 390]) {
      await page.setViewportSize({ width, height: 900 })
      const folder = process.env['SCREENSHOTS']
      if (folder) await page.screenshot({ path: join(folder, `next-${name}-${width}.png`), fullPage: true })
      await page.addScriptTag({ path: fileURLToPath(import.meta.resolve('axe-core/axe.min.js')) })
      const violations = await page.evaluate(async () => {
        const { violations } = await (globalThis as unknown as { axe: typeof import('axe-core') }).axe.run()
        return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
      })
      expect(violations).toEqual([])
    }
  }
  await look('join')
  await signUp(page, 'dora')
  await look('profile')
  await page.goto(`${origin}/badge`)
  await page.getByText('Plan: free').waitFor()
  await look('badge')
  await context.close()
})
