import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { type Backend, createBackend } from '@acme/backend'
import { formatPublishableKey } from '@acme/schema'
import { createPbkdf2Passwords, createServer, type Server } from '@acme/server'
import { type Serving, serve } from '@acme/server/node'
import { createSqliteStorage } from '@acme/server/sqlite'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright'
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { LivePage } from '../../live/page.tsx'
import { type Site, servePage } from '../../official/browser.ts'
import { secretKey } from '../../place.ts'

// Real chromium, a real server on SQLite, and the network between them.
let browser: Browser
let site: Site
let server: Server
let listening: Serving
let backend: Backend<unknown>
let publishableKey: string
const contexts: BrowserContext[] = []
/** The requests for a stream that pages made, and what went wrong in them. */
let asked: string[] = []
let errors: string[] = []

beforeAll(async () => {
  const late: { fetch?: Server['fetch'] } = {}
  const unanswered = async () => new Response(null, { status: 503 })
  listening = await serve({ fetch: (request, info) => (late.fetch ?? unanswered)(request, info) })
  publishableKey = formatPublishableKey({ instanceType: 'test', host: new URL(listening.url).host })
  server = await createServer({
    storage: createSqliteStorage({ database: new DatabaseSync(':memory:') }),
    publishableKey,
    secretKeys: [secretKey],
    passwords: createPbkdf2Passwords({ iterations: 1 }),
    rateLimit: false,
  })
  late.fetch = server.fetch
  backend = createBackend<unknown>({ secretKey, apiUrl: listening.url })
  site = await servePage(new URL('../../live/', import.meta.url), 'page.tsx')
  browser = await chromium.launch({
    executablePath: `${process.env['CHROMIUM_PATH']}`,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  })
})

afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close()
  expect(errors).toEqual([])
  await expect.poll(() => server.openStreams).toBe(0)
  asked = []
  errors = []
})

afterAll(async () => {
  await browser?.close()
  site?.close()
  await listening?.close()
  await server?.close()
})

let people = 0

/** Makes a user. */
async function newUser() {
  people++
  return backend.users.createUser({ username: `person_${people}` })
}

/** Makes a browser on which a user is signed in. */
async function newContext(userId?: string): Promise<BrowserContext> {
  const context = await browser.newContext()
  contexts.push(context)
  if (userId !== undefined)
    await context.addCookies([{ name: '__client', value: await server.signIn(userId), url: listening.url }])
  return context
}

async function openTab(context: BrowserContext, key = publishableKey): Promise<Page> {
  const page = await context.newPage()
  await page.clock.install()
  page.on('pageerror', (error) => errors.push(`${error}`))
  page.on('request', (request) => {
    const { pathname } = new URL(request.url())
    if (pathname === '/v1/me/events') asked.push(pathname)
  })
  await page.goto(`${site.origin}/#${key}`)
  return page
}

const shown = (page: Page) => expect.poll(() => page.textContent('main'))

/** Has a page do something. */
async function tell(page: Page, what: keyof Omit<LivePage, 'acme'> | 'signOut', value?: string): Promise<void> {
  await page.evaluate(
    async ([what, value]) => {
      const { livePage } = globalThis as unknown as { livePage: LivePage }
      if (what === 'signOut') await livePage.acme.signOut()
      else (livePage[what] as (value: unknown) => void)(value)
    },
    [what, value] as const,
  )
}

const upgrade = (id: string, plan: string) =>
  backend.users.updateUser(id, { publicMetadata: { plan }, privateMetadata: { canary: plan } })

test('a change by the back end shows in two tabs and in a second browser, each of which holds one stream', async () => {
  const { id, username } = await newUser()
  const [context, other] = [await newContext(id), await newContext(id)]
  const tabs = [await openTab(context), await openTab(context), await openTab(other)] as const
  for (const tab of tabs) await shown(tab).toBe(`${username} on undefined, none`)
  await expect.poll(() => server.openStreams).toBe(2)
  await upgrade(id, 'pro')
  for (const tab of tabs) await shown(tab).toBe(`${username} on pro, none`)
  expect(asked).toHaveLength(2)

  // What a tab edits stays on top while what others write arrives.
  let letThrough = () => {}
  const held = new Promise<void>((resolve) => {
    letThrough = resolve
  })
  await tabs[0].route('**/v1/me/metadata?*', async (route) => {
    await held
    await route.continue()
  })
  await tabs[0].click('button')
  await shown(tabs[0]).toBe(`${username} on pro, dark`)
  await upgrade(id, 'team')
  await shown(tabs[0]).toBe(`${username} on team, dark`)
  await shown(tabs[1]).toBe(`${username} on team, none`)
  letThrough()
  for (const tab of tabs) await shown(tab).toBe(`${username} on team, dark`)

  // The one that holds the stream goes; whichever it was, the other is kept current.
  await tabs[0].close()
  await expect.poll(() => server.openStreams).toBe(2)
  await upgrade(id, 'free')
  for (const tab of tabs.slice(1)) await shown(tab).toBe(`${username} on free, dark`)
})

test('a session that is revoked is over in every tab, without a call', async () => {
  const { id, username } = await newUser()
  const context = await newContext(id)
  const tabs = [await openTab(context), await openTab(context)]
  for (const tab of tabs) await shown(tab).toBe(`${username} on undefined, none`)
  await expect.poll(() => server.openStreams).toBe(1)
  const headers = { authorization: `Bearer ${secretKey}` }
  const sessions = await (await fetch(`${listening.url}/v1/sessions?user_id=${id}`, { headers })).json()
  for (const session of sessions as { id: string }[])
    await fetch(`${listening.url}/v1/sessions/${session.id}/revoke`, { method: 'POST', headers })
  for (const tab of tabs) await shown(tab).toBe('nobody')
})

test('a page that is offline holds no stream, and shows the last of 50 changes when it is back', async () => {
  const { id, username } = await newUser()
  const context = await newContext(id)
  const tabs = [await openTab(context), await openTab(context)]
  for (const tab of tabs) await shown(tab).toBe(`${username} on undefined, none`)
  await expect.poll(() => server.openStreams).toBe(1)
  await context.setOffline(true)
  await expect.poll(() => server.openStreams).toBe(0)
  const before = asked.length
  for (let n = 1; n <= 50; n++) await upgrade(id, `${n}`)
  expect(asked).toHaveLength(before)
  await context.setOffline(false)
  for (const tab of tabs) await shown(tab).toBe(`${username} on 50, none`)
  expect(server.openStreams).toBe(1)
})

test('a page that is hidden for long holds no stream, and is current when it comes back', async () => {
  const { id, username } = await newUser()
  const tab = await openTab(await newContext(id))
  await shown(tab).toBe(`${username} on undefined, none`)
  await expect.poll(() => server.openStreams).toBe(1)
  await tell(tab, 'show', 'hidden')
  await tab.clock.fastForward(60_000)
  await expect.poll(() => server.openStreams).toBe(0)
  await upgrade(id, 'pro')
  await tell(tab, 'show', 'visible')
  await shown(tab).toBe(`${username} on pro, none`)
})

test('StrictMode’s double mount leaves one stream, unmounting none, and signing out none', async () => {
  const { id, username } = await newUser()
  const tab = await openTab(await newContext(id))
  await shown(tab).toBe(`${username} on undefined, none`)
  await expect.poll(() => server.openStreams).toBe(1)
  expect(asked).toHaveLength(1)
  await tell(tab, 'unmount')
  await expect.poll(() => server.openStreams).toBe(0)
  await tell(tab, 'mount')
  await expect.poll(() => server.openStreams).toBe(1)
  await tell(tab, 'signOut')
  await shown(tab).toBe('nobody')
  await expect.poll(() => server.openStreams).toBe(0)
  expect(asked).toHaveLength(2)
})

test('when the server was killed and is there again, the page is current again', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'acme-live-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  const program = fileURLToPath(import.meta.resolve('@acme/server/node')).replace(/index\.ts$/, 'cli.ts')
  const start = async (port: string) => {
    const options = ['--conditions=@acme/source', program, '--data', directory, '--port', port]
    const child = spawn(process.execPath, options, { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    await new Promise<void>((resolve) => child.stdout.on('data', (data) => `${data}`.includes('Ctrl-C') && resolve()))
    return child
  }
  const child = await start('0')
  const keys = await readFile(join(directory, 'keys.env'), 'utf8')
  const [key = '', secret = '', url = ''] = keys.match(/(?<==).+/g) ?? []
  const { users } = createBackend<unknown>({ secretKey: secret, apiUrl: url })
  const tab = await openTab(await newContext(), key)
  await shown(tab).toBe('nobody')
  await tab.evaluate(async () => {
    const { acme } = (globalThis as unknown as { livePage: LivePage }).livePage
    await acme.signUp.create({ username: 'ada', password: 'correct horse battery' })
  })
  await expect.poll(() => asked).toHaveLength(1)
  const [user] = (await users.getUserList()).data
  const { id = '' } = user ?? {}
  await users.updateUser(id, { publicMetadata: { plan: 'free' } })
  await shown(tab).toBe('ada on free, none')
  const exit = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await exit
  await start(new URL(url).port)
  await users.updateUser(id, { publicMetadata: { plan: 'pro' } })
  await shown(tab).toBe('ada on pro, none')
})
