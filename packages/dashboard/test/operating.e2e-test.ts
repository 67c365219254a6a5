import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import axe from 'axe-core'
import type { Page } from 'playwright'
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest'
import { newPage, openPage, type Person, rewrite, type Said, startWorld, tabTo } from './setup.ts'

const script = '<img src=x onerror="document.title=\'run\'"><script>document.title="run"</script>'

const world = startWorld({ webhooks: { allowedHosts: ['127.0.0.1'] } })
let grace: Person
let page: Page
let said: Said
let hook: Server
let hookUrl: string
/** What the endpoint answers. */
let answer = 200

beforeAll(async () => {
  hook = createServer((request, response) => {
    request.resume()
    response.writeHead(answer).end()
  })
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve))
  hookUrl = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/${encodeURIComponent(script)}`
  grace = await world.createUser({
    username: 'grace_hopper',
    first_name: script,
    public_metadata: { plan: 'free', seats: { of: 3 } },
  })
  await world.ask('PATCH', `users/${grace.id}/metadata`, {
    public_metadata: { plan: 'pro', seats: { of: 25 } },
    private_metadata: { note: script },
  })
  ;({ page, said } = await openPage(world, '/'))
})

afterEach(async () => {
  expect(said).toEqual({ errors: [], strangers: [] })
  expect(await page.title()).not.toBe('run')
})

afterAll(() => void hook.close())

const go = (path: string) => page.goto(`${world.server.url}/dashboard${path}`)
const button = (name: string | RegExp) => page.getByRole('button', { name })
// A note in the corner has the role of a dialog, too.
const dialog = () => page.locator('.dialog')
const text = async (of: { innerText(): Promise<string> }) => (await of.innerText()).replace(/\s+/g, ' ')

/** What a dialog shows to be copied. */
const copied = async () => (await dialog().locator('.copy').textContent())?.split(' ').at(-1) ?? ''

/** What axe finds wrong with the page as it stands. */
async function violations(of: Page = page): Promise<readonly string[]> {
  // By the debugger, which the page's policy does not bind.
  await of.evaluate(axe.source)
  const found = await of.evaluate(async () => {
    const { axe: runner } = globalThis as unknown as { readonly axe: typeof axe }
    return (await runner.run(document, { resultTypes: ['violations'] })).violations
  })
  return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`))
}

test('the overview counts what happens while it is open, and leads to what should be seen to', async () => {
  await go('/')
  const users = page.locator('.figure', { hasText: 'Users' }).locator('dd')
  await users.waitFor()
  const before = Number(await users.textContent())
  await world.createUser({ username: 'ada_lovelace' })
  await expect.poll(async () => Number(await users.textContent())).toBeGreaterThan(before)
  await page.getByRole('img', { name: /^Requests a minute: All now/ }).waitFor()
  await page.getByText('every code is 424242').waitFor()
  await world.ask('PUT', 'metadata_schemas', {
    schemas: { unsafe: { type: 'object', properties: { role: { type: 'string' } } } },
  })
  await page.getByRole('link', { name: /^See to it/ }).click()
  await page.getByText('looks like authorization').waitFor()
})

test('a history shows what became of what, and by whom, and finds the changes of a path', async () => {
  await go(`/users/${grace.id}/history`)
  const changes = page.getByRole('list', { name: 'Changes, the newest first' }).locator(':scope > li')
  await expect.poll(() => changes.count()).toBe(2)
  const latest = await text(changes.first())
  expect(latest).toContain('through the Backend API')
  expect(latest).toContain('plan before "free" → after "pro"')
  expect(latest).toContain('seats.of before 3 → after 25')
  expect(latest).toContain(JSON.stringify(script))
  await page.getByLabel('Only changes of a path').fill('private')
  await expect.poll(() => changes.count()).toBe(1)
  expect(page.url()).toContain('?path=private')
  await page.getByLabel('Only changes of a path').fill('public.nothing')
  await page.getByText('No change of public.nothing here').waitFor()
})

test('metadata goes back to what it was by keys alone, after a look at what would change, and forth again', async () => {
  await go(`/users/${grace.id}/history`)
  await button('Restore version 1').waitFor()
  await tabTo(page, 'Restore version 1')
  await page.keyboard.press('Enter')
  await dialog().getByText('This is what would change').waitFor()
  await expect.poll(() => text(dialog())).toContain('before "pro" → after "free"')
  // Only the public kind.
  await tabTo(page, /^private metadata/)
  await page.keyboard.press('Space')
  await tabTo(page, 'Restore public metadata')
  await page.keyboard.press('Enter')
  await dialog().waitFor({ state: 'detached' })
  const restored = await world.readUser(grace.id)
  expect(restored.public_metadata).toEqual({ plan: 'free', seats: { of: 3 } })
  expect(restored.private_metadata).toEqual({ note: script })
  await page.getByText('in the dashboard, by key').first().waitFor()
  await button('Undo').press('Enter')
  await expect.poll(async () => (await world.readUser(grace.id)).public_metadata['plan']).toBe('pro')
})

test('schemas are checked with examples, pushed, compared, and taken back', async () => {
  await world.ask('PUT', 'metadata_schemas', { schemas: {} })
  const { version } = await world.ask('GET', 'metadata_schemas')
  await go('/schemas?tab=next')
  const editor = page.getByRole('textbox', { name: 'JSON Schema of public metadata' })
  const write = async (schema: object) => {
    await editor.focus()
    await rewrite(page, JSON.stringify(schema))
  }
  await write({ type: 'object', properties: { plan: { enum: ['free'] } } })
  await button('Check against stored users').press('Enter')
  await page.getByText(/^1 of \d+ stored users do not fit\.$/).waitFor()
  expect(await text(page.getByRole('list', { name: 'What is wrong, and with whom' }))).toContain('public.plan')
  expect(await page.locator('.broken a').first().getAttribute('href')).toBe(`/dashboard/users/${grace.id}`)
  // Nor does a push let it hold.
  await button('Push…').press('Enter')
  await dialog().getByRole('button', { name: 'Push' }).press('Enter')
  await dialog()
    .getByText(/stored users do not fit/)
    .waitFor()
  await page.keyboard.press('Escape')
  await dialog().waitFor({ state: 'detached' })
  expect((await world.ask('GET', 'metadata_schemas')).version).toBe(version)
  await write({ type: 'object', properties: { plan: { enum: ['free', 'pro'] } } })
  await button('Push…').press('Enter')
  await dialog().getByRole('button', { name: 'Push' }).press('Enter')
  await dialog().getByText('It is in force.').waitFor()
  const pushed = (await world.ask('GET', 'metadata_schemas')).version
  expect(pushed).toBeGreaterThan(version)
  await go(`/schemas?tab=versions&version=${pushed}`)
  const diff = page.getByRole('region', { name: new RegExp(`^What differs .* and version ${pushed}$`) })
  await expect.poll(() => text(diff)).toContain('+ "properties": {')
  await page.getByRole('button', { name: new RegExp(`^Version ${version} `) }).press('Enter')
  await button(`Go back to version ${version}…`).press('Enter')
  await dialog()
    .getByRole('button', { name: `Go back to version ${version}` })
    .press('Enter')
  await dialog().getByText('It is in force.').waitFor()
  expect((await world.ask('GET', 'metadata_schemas')).schemas).toEqual({})
  await go('/schemas?tab=jobs')
  await page.getByRole('heading', { name: 'Push of schemas' }).first().waitFor()
})

test('an endpoint is added, shows what it was sent, and is sent it again; its secrets show once', async () => {
  await go('/webhooks')
  // Before that another button has the name, and leaves.
  await page.getByText('Nobody is told yet').waitFor()
  await button('Add endpoint').press('Enter')
  await dialog().getByLabel('Address').fill(hookUrl)
  await page.keyboard.press('Enter')
  const secret = await copied()
  expect(secret).toMatch(/^whsec_/)
  await button('Show deliveries').press('Enter')
  await page.getByText('Nothing was sent yet').waitFor()
  answer = 500
  await world.ask('PATCH', `users/${grace.id}/metadata`, { public_metadata: { plan: 'free' } })
  await page.getByText('Answered 500').waitFor()
  answer = 200
  await button('user.updated').first().press('Enter')
  const payload = dialog().getByRole('region', { name: 'Payload' })
  expect(JSON.parse((await payload.textContent()) ?? '')).toMatchObject({
    type: 'user.updated',
    data: { id: grace.id },
  })
  expect(await payload.textContent()).not.toContain('private_metadata')
  await dialog().getByRole('button', { name: 'Send again' }).press('Enter')
  await page.getByText('The event is sent again').waitFor()
  await page.keyboard.press('Escape')
  await dialog().waitFor({ state: 'detached' })
  await page.getByText('Delivered').first().waitFor()
  await button('Pause').press('Enter')
  await page.getByText('Paused: its events wait').waitFor()
  await button('Undo').press('Enter')
  await button('Pause').waitFor()
  await button('Rotate secret…').press('Enter')
  await dialog().getByRole('button', { name: 'Rotate secret' }).press('Enter')
  const rotated = await copied()
  expect(rotated).toMatch(/^whsec_/)
  expect(rotated).not.toBe(secret)
  await button('Done').press('Enter')
  await page.reload()
  await page.getByText('2, while they change').waitFor()
  for (const one of [secret, rotated]) expect(await page.content()).not.toContain(one)
  await button('More').press('Enter')
  await page.getByRole('menuitem', { name: 'Delete endpoint…' }).press('Enter')
  await dialog().getByRole('button', { name: 'Delete endpoint' }).press('Enter')
  await page.getByText('Nobody is told yet').waitFor()
})

test('a key is made, shows once, opens what it may, and opens nothing once it is revoked', async () => {
  await go('/keys')
  await button('Add key').first().press('Enter')
  await dialog().getByLabel('Name').fill('reports')
  await dialog()
    .getByRole('checkbox', { name: /^Read users/ })
    .press('Space')
  await button('Add key').last().press('Enter')
  const key = await copied()
  expect(key).toMatch(/^sk_test_\w{64}$/)
  await button('Done').press('Enter')
  await page.reload()
  await page.getByText('reports').first().waitFor()
  expect(await page.content()).not.toContain(key)
  // Whoever signs in by it reads, and manages no keys.
  const limited = await newPage(world)
  await limited.page.goto(`${world.server.url}/dashboard/keys`)
  await limited.page.getByLabel('Secret key').fill(key)
  await limited.page.keyboard.press('Enter')
  await limited.page.getByText('This key may not manage keys').waitFor()
  await button('Revoke reports').press('Enter')
  await button('Revoke key').press('Enter')
  await page.getByText('reports opens nothing any more').waitFor()
  // It hears of it, and asks for nothing.
  await limited.page.getByText('Sign in again').first().waitFor()
  await limited.context.close()
})

test('a link signs in once, and its code stands in no address', async () => {
  const link = await world.server.createDashboardLink()
  const led = await newPage(world)
  await led.page.goto(link)
  await led.page.getByRole('heading', { name: 'Overview' }).waitFor()
  expect(led.page.url()).toBe(`${world.server.url}/dashboard/`)
  expect(await led.page.evaluate(() => document.cookie)).toBe('')
  // Nor of who is signed in already.
  await led.page.goto(await world.server.createDashboardLink())
  await expect.poll(() => led.page.url()).toBe(`${world.server.url}/dashboard/`)
  const late = await newPage(world)
  await late.page.goto(link)
  await late.page.getByText('The link you followed was used or is over').waitFor()
  expect(late.page.url()).not.toContain('code')
  await Promise.all([led.context.close(), late.context.close()])
})

test('a reading of the server that fails is said, with the way to try again', async () => {
  await page.route('**/dashboard/v1/overview', (route) => route.fulfill({ status: 501, body: '{}' }))
  await go('/')
  await page.getByRole('alert').waitFor()
  expect(await violations()).toEqual([])
  await page.unroute('**/dashboard/v1/overview')
  await button('Try again').press('Enter')
  await page.locator('.figures dd').first().waitFor()
})

const views = [
  ['/', 'Requests a minute'],
  ['/history', 'Created through'],
  ['/schemas', 'in force'],
  ['/schemas?tab=versions', 'against'],
  ['/schemas?tab=next', 'Check against stored users'],
  ['/schemas?tab=jobs', 'Push of schemas'],
  ['/webhooks', 'Nobody is told yet'],
  ['/keys', 'Of this server'],
] as const

test.each([
  ['light', 390, 0],
  ['dark', 1280, 1],
] as const)('axe finds nothing wrong, %s at %i px', async (colorScheme, width, turn) => {
  const opened = await openPage(world, '/', { colorScheme, viewport: { width, height: 900 } })
  // A part of a run looks at each view in one of the two.
  for (const [path, shown] of views.filter((_, index) => inject('scale') === 1 || index % 2 === turn)) {
    await opened.page.goto(`${world.server.url}/dashboard${path === '/history' ? `/users/${grace.id}${path}` : path}`)
    await opened.page.getByText(shown).first().waitFor()
    expect([path, await violations(opened.page)]).toEqual([path, []])
  }
  expect(opened.said).toEqual({ errors: [], strangers: [] })
  await opened.context.close()
})
