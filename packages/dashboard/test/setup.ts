import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningServer, type StartOptions, startServer } from '@acme/server/node'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright'
import { afterAll, beforeAll, expect } from 'vitest'

/** A user as the Backend API has them. */
export interface Person {
  readonly id: string
  readonly version: number
  readonly banned: boolean
  readonly first_name: string | null
  readonly public_metadata: Readonly<Record<string, unknown>>
  readonly private_metadata: Readonly<Record<string, unknown>>
  readonly unsafe_metadata: Readonly<Record<string, unknown>>
}

/** A real server with the real page, and what asks it beside the page. */
export interface World {
  server: RunningServer
  readonly directory: string
  /** Asks the Backend API. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into replies of every shape
  ask(method: string, path: string, body?: unknown): Promise<any>
  createUser(body?: object): Promise<Person>
  readUser(id: string): Promise<Person>
  /** Stops the server, and gives what starts it at the same place again. */
  stop(): Promise<() => Promise<void>>
}

/** Starts one server and one browser for the tests of a file. */
export function startWorld(options: StartOptions = {}): World {
  let made = 0
  let browserOfFile: Browser
  const world: { -readonly [K in keyof World]: World[K] } = {
    server: undefined as unknown as RunningServer,
    directory: '',
    async ask(method, path, body) {
      const reply = await fetch(`${world.server.url}/v1/${path}`, {
        method,
        headers: { authorization: `Bearer ${world.server.secretKey}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`)
      return reply.json()
    },
    createUser: (body = {}) =>
      world.ask('POST', 'users', { username: `person-${++made}`, skip_password_requirement: true, ...body }),
    readUser: (id) => world.ask('GET', `users/${id}`),
    async stop() {
      const { port } = new URL(world.server.url)
      await world.server.close()
      return async () => {
        world.server = await startServer({ ...options, directory: world.directory, port: Number(port) })
      }
    },
  }
  beforeAll(async () => {
    world.directory = await mkdtemp(join(tmpdir(), 'acme-dashboard-'))
    world.server = await startServer({ ...options, directory: world.directory, port: 0 })
    browserOfFile = await chromium.launch({
      executablePath: `${process.env['CHROMIUM_PATH']}`,
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
    })
    browsers.set(world, browserOfFile)
  })
  afterAll(async () => {
    await browserOfFile?.close()
    // A test that failed may have left it stopped.
    await world.server?.close().catch(() => {})
    await rm(world.directory, { recursive: true, force: true })
  })
  return world
}

const browsers = new WeakMap<World, Browser>()

/** What a page has said that no page of ours should say: errors, and requests that leave its origin. */
export interface Said {
  readonly errors: string[]
  readonly strangers: string[]
}

/** Opens a page at which nobody is signed in. */
export async function newPage(
  world: World,
  options: BrowserContextOptions = {},
): Promise<{ readonly page: Page; readonly context: BrowserContext; readonly said: Said }> {
  const browser = browsers.get(world)
  if (!browser) throw new Error('the world has not begun')
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(Number(process.env['ACME_PAGE_TIMEOUT'] ?? 60_000))
  const said: Said = { errors: [], strangers: [] }
  page.on('console', (message) => {
    // What the browser says of a server that is gone is no fault of the page.
    if (message.type() === 'error' && !/ERR_CONNECTION|Failed to load resource/.test(message.text())) {
      said.errors.push(message.text())
    }
  })
  page.on('pageerror', (error) => said.errors.push(`${error}`))
  page.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(world.server.url) && !/^(data|blob):/.test(url)) said.strangers.push(url)
  })
  return { page, context, said }
}

/** Opens a page of the dashboard, signed in by the secret key. */
export async function openPage(world: World, path = '/users', options: BrowserContextOptions = {}) {
  const opened = await newPage(world, options)
  const { page } = opened
  await page.goto(`${world.server.url}/dashboard${path}`)
  await signIn(page, world)
  return opened
}

/** Signs in where that is asked for. */
export async function signIn(page: Page, world: World): Promise<void> {
  await page.getByLabel('Secret key').fill(world.server.secretKey)
  await page.keyboard.press('Enter')
  await page.locator('.view h1').first().waitFor()
}

/** Presses Tab until something has the focus; fails where that does not come about. */
export async function tabTo(page: Page, name: string | RegExp, role?: string, most = 60): Promise<void> {
  const seen: string[] = []
  for (let presses = 0; presses < most; presses++) {
    const at = await page.evaluate(() => {
      let element = document.activeElement
      while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
      const label = element?.getAttribute('aria-labelledby')
      const labelled = label ? document.getElementById(label)?.textContent : undefined
      const labels =
        element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement ? element.labels : null
      return {
        name: (
          labelled ??
          element?.getAttribute('aria-label') ??
          labels?.[0]?.textContent ??
          element?.textContent ??
          ''
        ).trim(),
        role: element?.getAttribute('role') ?? element?.tagName.toLowerCase() ?? '',
      }
    })
    seen.push(`${at.role} ${at.name.slice(0, 40)}`)
    const fits = typeof name === 'string' ? at.name === name : name.test(at.name)
    if (fits && (!role || at.role === role)) return
    await page.keyboard.press('Tab')
  }
  expect.fail(`no way by Tab to ${name}: ${seen.join(' | ')}`)
}

/** Writes into the editor that has the focus, in place of what it holds. */
export async function rewrite(page: Page, text: string): Promise<void> {
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.press('Delete')
  await page.keyboard.insertText(text)
}

/** Waits until what has the focus is in something that opened: what is pressed before that is pressed at what is behind it. */
export async function focusIn(page: Page, selector: string): Promise<void> {
  await expect.poll(() => page.evaluate((within) => !!document.activeElement?.closest(within), selector)).toBe(true)
}
