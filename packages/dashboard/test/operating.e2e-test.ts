import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { focusIn, newPage, openPage, type Person, rewrite, type Said, startWorld, tabTo } from './setup.ts'

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

// Every task by keys alone: what has the focus got it by Tab.
const go = (path: string) => page.goto(`${world.server.url}/dashboard${path}`)
const button = (name: string | RegExp) => page.getByRole('button', { name })
// A note in the corner has the role of a dialog, too.
const dialog = () => page.locator('.dialog')
const text = async (of: { innerText(): Promise<string> }) => (await of.innerText()).replace(/\s+/g, ' ')

/** What a dialog shows to be copied. */
const copied = async () => (await dialog().locator('.copy').textContent())?.split(' ').at(-1) ?? ''

/** Goes by Tab to what is called so, once it is there, and presses a key at it. */
async function press(name: string, key = 'Enter', role = 'button'): Promise<void> {
  await page
    .getByRole(role as 'button', { name, exact: true })
    .first()
    .waitFor()
  await tabTo(page, name, role, 120)
  await page.keyboard.press(key)
}

const inDialog = () => focusIn(page, '.dialog')

/** Waits until a dialog is gone, and what opened it has the focus again. */
const outOfDialog = async () => {
  await dialog().waitFor({ state: 'detached' })
  await expect.poll(() => page.evaluate(() => document.activeElement !== document.body)).toBe(true)
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
  await page.getByRole('link', { name: /^See to it.*authorization/ }).waitFor()
  await tabTo(page, /^See to it.*authorization/, 'a', 120)
  await page.keyboard.press('Enter')
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
  await page.keyboard.press('/')
  await page.keyboard.insertText('private')
  await expect.poll(() => changes.count()).toBe(1)
  await expect.poll(() => page.url()).toContain('?path=private')
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.insertText('public.nothing')
  await page.getByText('No change of public.nothing here').waitFor()
})

test('metadata goes back to what it was, after a look at what would change, and forth again', async () => {
  await go(`/users/${grace.id}/history`)
  await press('Restore version 1')
  await dialog().getByText('This is what would change').waitFor()
  await expect.poll(() => text(dialog())).toContain('before "pro" → after "free"')
  // Only the public kind.
  await tabTo(page, /^private metadata/)
  await page.keyboard.press('Space')
  await press('Restore public metadata')
  await outOfDialog()
  const restored = await world.readUser(grace.id)
  expect(restored.public_metadata).toEqual({ plan: 'free', seats: { of: 3 } })
  expect(restored.private_metadata).toEqual({ note: script })
  await page.getByText('in the dashboard, by key').first().waitFor()
  await page.keyboard.press('F6')
  await press('Undo')
  await expect.poll(async () => (await world.readUser(grace.id)).public_metadata['plan']).toBe('pro')
})

test('schemas are checked with examples, pushed, compared, and taken back', async () => {
  await world.ask('PUT', 'metadata_schemas', { schemas: {} })
  const { version } = await world.ask('GET', 'metadata_schemas')
  await go('/schemas?tab=next')
  const write = async (...plans: readonly string[]) => {
    const schema = { type: 'object', properties: { plan: { enum: plans } } }
    const last = plans.at(-1)
    await page.getByRole('textbox', { name: 'JSON Schema of public metadata' }).waitFor()
    await tabTo(page, 'JSON Schema of public metadata', 'textbox')
    await rewrite(page, JSON.stringify(schema))
    // What is written is asked about once the page knows of it.
    await page
      .getByRole('region', { name: /^What differs/ })
      .getByText(`"${last}"`)
      .first()
      .waitFor()
  }
  await write('free')
  await press('Check against stored users')
  await page.getByText(/^1 of \d+ stored users do not fit\.$/).waitFor()
  expect(await text(page.getByRole('list', { name: 'What is wrong, and with whom' }))).toContain('public.plan')
  expect(await page.locator('.broken a').first().getAttribute('href')).toBe(`/dashboard/users/${grace.id}`)
  // Nor does a push let it hold.
  await press('Push…')
  await inDialog()
  await press('Push')
  await dialog()
    .getByText(/stored users do not fit/)
    .waitFor()
  await page.keyboard.press('Escape')
  await outOfDialog()
  expect((await world.ask('GET', 'metadata_schemas')).version).toBe(version)
  await write('free', 'pro')
  await press('Push…')
  await inDialog()
  await press('Push')
  await dialog().getByText('It is in force.').waitFor()
  const pushed = (await world.ask('GET', 'metadata_schemas')).version
  expect(pushed).toBeGreaterThan(version)
  await go(`/schemas?tab=versions&version=${pushed}`)
  const diff = page.getByRole('region', { name: new RegExp(`^What differs .* and version ${pushed}$`) })
  await expect.poll(() => text(diff)).toContain('+ "properties": {')
  await tabTo(page, new RegExp(`^Version ${version}(?!\\d)`), 'button')
  await page.keyboard.press('Enter')
  await press(`Go back to version ${version}…`)
  await inDialog()
  await press(`Go back to version ${version}`)
  await dialog().getByText('It is in force.').waitFor()
  expect((await world.ask('GET', 'metadata_schemas')).schemas).toEqual({})
  await go('/schemas?tab=jobs')
  await page.getByRole('heading', { name: 'Push of schemas' }).first().waitFor()
})

test('an endpoint is added, shows what it was sent, and is sent it again; its secrets show once', async () => {
  await go('/webhooks')
  // Before that another button has the name, and leaves.
  await page.getByText('Nobody is told yet').waitFor()
  await press('Add endpoint')
  await inDialog()
  await tabTo(page, 'Address', 'input')
  await page.keyboard.insertText(hookUrl)
  await page.keyboard.press('Enter')
  const secret = await copied()
  expect(secret).toMatch(/^whsec_/)
  await press('Show deliveries')
  await page.getByText('Nothing was sent yet').waitFor()
  answer = 500
  await world.ask('PATCH', `users/${grace.id}/metadata`, { public_metadata: { plan: 'free' } })
  await page.getByText('Answered 500').first().waitFor()
  answer = 200
  await press('user.updated')
  const payload = dialog().getByRole('region', { name: 'Payload' })
  expect(JSON.parse((await payload.textContent()) ?? '')).toMatchObject({
    type: 'user.updated',
    data: { id: grace.id },
  })
  expect(await payload.textContent()).not.toContain('private_metadata')
  await press('Send again')
  await page.getByText('The event is sent again').waitFor()
  await page.keyboard.press('Escape')
  await outOfDialog()
  await page.getByText('Delivered').first().waitFor()
  await press('Pause')
  await page.getByText('Paused: its events wait').waitFor()
  await page.keyboard.press('F6')
  await press('Undo')
  await button('Pause').waitFor()
  await press('Rotate secret…')
  await inDialog()
  await press('Rotate secret')
  const rotated = await copied()
  expect(rotated).toMatch(/^whsec_/)
  expect(rotated).not.toBe(secret)
  await press('Done')
  await page.reload()
  await page.getByText('2, while they change').waitFor()
  for (const one of [secret, rotated]) expect(await page.content()).not.toContain(one)
  await press('More')
  await page.getByRole('menuitem', { name: 'Delete endpoint…' }).waitFor()
  await focusIn(page, '[role=menuitem]')
  await page.keyboard.press('Enter')
  await inDialog()
  await press('Delete endpoint')
  await page.getByText('Nobody is told yet').waitFor()
})

test('a key is made, shows once, opens what it may, and opens nothing once it is revoked', async () => {
  await go('/keys')
  await press('Add key')
  await inDialog()
  await tabTo(page, 'Name', 'input')
  await page.keyboard.insertText('reports')
  await tabTo(page, /^Read users/)
  await page.keyboard.press('Space')
  await press('Add key')
  const key = await copied()
  expect(key).toMatch(/^sk_test_\w{64}$/)
  await press('Done')
  await page.reload()
  await page.getByText('reports').first().waitFor()
  expect(await page.content()).not.toContain(key)
  // Whoever signs in by it reads, and manages no keys.
  const limited = await newPage(world)
  await limited.page.goto(`${world.server.url}/dashboard/keys`)
  await limited.page.getByLabel('Secret key').fill(key)
  await limited.page.keyboard.press('Enter')
  await limited.page.getByText('This key may not manage keys').waitFor()
  await press('Revoke reports')
  await inDialog()
  await press('Revoke key')
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
  await page.unroute('**/dashboard/v1/overview')
  await press('Try again')
  await page.locator('.figures dd').first().waitFor()
})
