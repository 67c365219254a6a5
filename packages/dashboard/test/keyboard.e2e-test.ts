import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { focusIn, newPage, type Person, rewrite, type Said, startWorld, tabTo } from './setup.ts'

// Every task by the keyboard alone: nothing here clicks, and what has the focus got it by keys.
const world = startWorld()
let page: Page
let said: Said
let grace: Person
const keys = async (...names: string[]) => {
  for (const name of names) await page.keyboard.press(name)
}

beforeAll(async () => {
  await world.ask('PUT', 'metadata_schemas', {
    schemas: {
      public: { type: 'object', properties: { plan: { enum: ['free', 'pro'] }, seats: { type: 'integer' } } },
    },
    options: { indexes: ['public.plan', 'private.customer'] },
  })
  for (const name of ['Ada', 'Alan']) {
    const email = `${name.toLowerCase()}@example.com`
    await world.createUser({ first_name: name, email_address: [email], public_metadata: { plan: 'free' } })
  }
  grace = await world.createUser({
    first_name: 'Grace',
    email_address: ['grace@example.com'],
    public_metadata: { plan: 'pro' },
    private_metadata: { customer: 'cus_canary' },
  })
  ;({ page, said } = await newPage(world, { acceptDownloads: true }))
  await page.goto(`${world.server.url}/dashboard/keys`)
  await page.getByLabel('Secret key').waitFor()
  await page.keyboard.insertText('sk_test_wrong')
  await keys('Enter')
  await page.getByText('No key of this server.').waitFor()
  await keys('ControlOrMeta+a')
  await page.keyboard.insertText(world.server.secretKey)
  await keys('Enter')
  await page.locator('.view h1').waitFor()
})

afterEach(() => {
  expect(said).toEqual({ errors: [], strangers: [] })
})

const openPalette = async () => {
  await keys('ControlOrMeta+k')
  await focusIn(page, '.palette-input')
}

const rows = () => page.getByRole('row')
const users = async () => {
  await page.goto(`${world.server.url}/dashboard/users`)
  await page.getByRole('link', { name: 'Grace' }).waitFor()
}

test('a view is reached by two letters, and by the palette', async () => {
  await keys('g', 'u')
  await page.getByRole('heading', { name: 'Users' }).waitFor()
  await openPalette()
  await page.keyboard.insertText('alan')
  await page.getByRole('option', { name: /Alan/ }).waitFor()
  await keys('Enter')
  await page.getByRole('heading', { name: 'Alan' }).waitFor()
  await keys('?')
  await page.getByRole('heading', { name: 'Shortcuts' }).waitFor()
  await keys('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
})

test('users are found by what they are called, and by metadata that is completed; the address says both', async () => {
  await users()
  await keys('/')
  await page.keyboard.insertText('ada@')
  await expect.poll(() => rows().count()).toBe(2)
  await keys('ControlOrMeta+a', 'Delete')
  await page.keyboard.type('pla')
  await page.getByRole('option', { name: /public.plan/ }).waitFor()
  await keys('ArrowDown', 'Enter')
  await page.getByRole('option', { name: /public.plan = pro/ }).waitFor()
  await expect
    .poll(async () => {
      await keys('ArrowDown')
      return page.locator('[role=option][data-highlighted]').allTextContents()
    })
    .toEqual([expect.stringContaining('public.plan = pro')])
  await keys('Enter')
  await page.getByRole('button', { name: 'Remove public.plan = pro' }).waitFor()
  await expect.poll(() => rows().count()).toBe(2)
  expect(decodeURIComponent(page.url())).toContain('where=public.plan+=+pro')
  await page.reload()
  await page.getByRole('link', { name: 'Grace' }).waitFor()
  expect(await rows().count()).toBe(2)
})

test('what is asked about private metadata stands in no address', async () => {
  await users()
  await keys('/')
  await page.keyboard.insertText('private.customer = cus_canary')
  await keys('Enter')
  await page.getByRole('button', { name: /Remove private.customer/ }).waitFor()
  await expect.poll(() => rows().count()).toBe(2)
  expect(page.url()).not.toContain('canary')
  expect(await page.title()).not.toContain('canary')
  await keys('Backspace')
  await expect.poll(() => rows().count()).toBe(4)
})

test('a user is opened, edited with what the schema offers, and saved', async () => {
  await users()
  await keys('/', 'ArrowDown', 'ArrowDown', 'Home', 'Enter')
  await page.getByRole('heading', { name: 'Grace' }).waitFor()
  await page.getByRole('textbox', { name: 'Public metadata' }).waitFor()
  await tabTo(page, 'Private metadata', 'textbox')
  await rewrite(page, '{"customer":"cus_canary","note":"called"}')
  const text = () => page.getByRole('textbox', { name: 'Public metadata' }).textContent()
  const isOffered = async (name: RegExp) => {
    await keys('Control+Space')
    const offer = page.getByRole('option', { name }).first()
    return offer.waitFor({ timeout: 2_000 }).then(
      () => true,
      () => false,
    )
  }
  // From the beginning each time: a page that has much to do may have put the cursor behind what it closed.
  const isCompleted = async () => {
    await tabTo(page, 'Public metadata', 'textbox')
    await rewrite(page, '{')
    if (!(await isOffered(/"plan"/))) return false
    // An offer that has only just appeared takes no key, so that nobody takes it by chance.
    await page.waitForTimeout(150)
    await keys('Enter')
    return (await text())?.includes('"plan"') && isOffered(/"pro"/)
  }
  await expect.poll(isCompleted).toBe(true)
  await rewrite(page, '{"plan":"gold"}')
  await page.getByText('does not match any of').first().waitFor()
  await rewrite(page, '{"plan":"pro","seats":7}')
  await tabTo(page, 'Unsafe metadata', 'textbox')
  await rewrite(page, '{"theme":"dark"}')
  await page.getByText('Unsaved: Private, Public, Unsafe').waitFor()
  await keys('ControlOrMeta+s')
  const stored = async () => {
    const { private_metadata, public_metadata, unsafe_metadata } = await world.readUser(grace.id)
    return { private_metadata, public_metadata, unsafe_metadata }
  }
  await expect.poll(stored).toEqual({
    private_metadata: { customer: 'cus_canary', note: 'called' },
    public_metadata: { plan: 'pro', seats: 7 },
    unsafe_metadata: { theme: 'dark' },
  })
})

test('of what two have changed, the other’s is chosen', async () => {
  const { id } = await world.createUser({ first_name: 'Mae', public_metadata: { plan: 'free' } })
  await page.goto(`${world.server.url}/dashboard/users/${id}`)
  await page.getByRole('textbox', { name: 'Public metadata' }).waitFor()
  await tabTo(page, 'Public metadata', 'textbox')
  await rewrite(page, '{"plan":"pro","seats":1}')
  await world.ask('PUT', `users/${id}/metadata`, { public_metadata: { plan: 'free', seats: 9 } })
  await page.getByText('Somebody else has changed the public metadata meanwhile.').waitFor()
  await keys('ControlOrMeta+s')
  const theirs = page
    .getByRole('row', { name: /Choose/ })
    .getByRole('radio')
    .nth(1)
  await theirs.waitFor()
  // It begins where there is something to choose.
  await focusIn(page, '.dialog input')
  await keys('ArrowDown')
  await expect.poll(() => theirs.isChecked()).toBe(true)
  await keys('Enter')
  await expect.poll(async () => (await world.readUser(id)).public_metadata).toEqual({ plan: 'pro', seats: 9 })
})

test('a ban is undone from the note that tells of it', async () => {
  await page.goto(`${world.server.url}/dashboard/users/${grace.id}`)
  await page.getByRole('button', { name: 'More actions' }).waitFor()
  await tabTo(page, 'More actions')
  await keys('Enter')
  await page.getByRole('menuitem', { name: /Ban/ }).waitFor()
  await focusIn(page, '[role=menuitem]')
  await keys('Enter')
  await expect.poll(async () => (await world.readUser(grace.id)).banned).toBe(true)
  await page.getByText('Banned Grace').waitFor()
  await keys('F6')
  await tabTo(page, 'Undo', 'button', 5)
  await keys('Enter')
  await expect.poll(async () => (await world.readUser(grace.id)).banned).toBe(false)
})

test('a deletion is undone, and done where it is not', async () => {
  const { id } = await world.createUser({ first_name: 'Zoe' })
  const remove = async () => {
    await page.goto(`${world.server.url}/dashboard/users/${id}`)
    await page.getByRole('button', { name: 'More actions' }).waitFor()
    await tabTo(page, 'More actions')
    await keys('Enter')
    await page.getByRole('menuitem', { name: 'Delete user' }).waitFor()
    await focusIn(page, '[role=menuitem]')
    await keys('End', 'Enter')
    await page.getByText('Deleting Zoe').waitFor()
    await keys('F6')
  }
  await remove()
  await tabTo(page, 'Undo', 'button', 5)
  await keys('Enter')
  await page.getByText('Deleting Zoe').waitFor({ state: 'detached' })
  expect((await world.readUser(id)).first_name).toBe('Zoe')
  await remove()
  await tabTo(page, 'Close', 'button', 5)
  await keys('Enter')
  await page.getByText('Deleted Zoe').waitFor()
  await expect(world.readUser(id)).rejects.toThrow('404')
})

test('the last of a million users is reached by one key, though no browser stacks as many rows', async () => {
  const count = '**/dashboard/v1/users/count*'
  const last = '**/dashboard/v1/users?*offset=999900*'
  await page.route(count, (route) => route.fulfill({ json: { object: 'total_count', total_count: 1_000_000 } }))
  await page.route(last, async (route) => {
    const [found] = await world.ask('GET', 'users?query=grace')
    await route.fulfill({ json: Array.from({ length: 100 }, () => found) })
  })
  await users()
  await page.locator('[aria-rowcount="1000001"]').focus()
  await keys('End')
  const row = page.locator('[aria-rowindex="1000001"]', { hasText: 'Grace' })
  await row.waitFor()
  const bottom = await row.evaluate((element) => element.getBoundingClientRect().bottom)
  expect(bottom).toBeLessThanOrEqual((page.viewportSize()?.height ?? 0) + 1)
  await keys('Home')
  await page.locator('[aria-rowindex="2"]').waitFor()
  await Promise.all([page.unroute(count), page.unroute(last)])
})

test('a user is created', async () => {
  await users()
  await keys('c')
  await focusIn(page, '.dialog input')
  await page.keyboard.insertText('linus@example.com')
  await keys('Tab')
  await page.keyboard.insertText('Linus')
  await keys('Enter')
  await page.getByRole('heading', { name: 'Linus' }).waitFor()
})

test('somebody is invited, and the invitation taken back', async () => {
  await users()
  await tabTo(page, 'Invite')
  await keys('Enter')
  await focusIn(page, '.dialog input')
  await page.keyboard.insertText('radia@example.com')
  await keys('Tab')
  await page.keyboard.insertText(`${world.server.url}/sign-up`)
  await keys('Enter')
  await page.getByText('Invited radia@example.com').waitFor()
  const pending = async () => (await world.ask('GET', 'invitations?paginated=true&status=pending')).total_count
  expect(await pending()).toBe(1)
  await keys('F6')
  await tabTo(page, 'Take it back', 'button', 5)
  await keys('Enter')
  await expect.poll(pending).toBe(0)
})

test('columns of metadata are chosen, and an export has them and no others', async () => {
  await users()
  await tabTo(page, 'Columns')
  await keys('Enter')
  await page.getByRole('menuitemcheckbox', { name: 'public.plan' }).waitFor()
  await focusIn(page, '[role=menuitemcheckbox]')
  await keys('End', 'ArrowUp', 'Enter', 'Escape')
  await page.getByRole('columnheader', { name: 'public.plan' }).waitFor()
  const read = async (item: string) => {
    await tabTo(page, 'Export')
    const download = page.waitForEvent('download')
    await keys('Enter')
    await page.getByRole('menuitem', { name: item }).waitFor()
    await focusIn(page, '[role=menuitem]')
    if (item === 'As NDJSON') await keys('ArrowDown')
    await keys('Enter')
    return readFile(await (await download).path(), 'utf8')
  }
  const csv = await read('As CSV')
  expect(csv.split('\r\n')[0]).toBe('User,E-mail address,Id,Created,Last sign-in,public.plan')
  expect(csv).toContain('Ada,ada@example.com,')
  expect(csv).not.toContain('canary')
  const lines = (await read('As NDJSON'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines.find(({ user }) => user === 'Grace')).toMatchObject({ email: 'grace@example.com', 'public.plan': 'pro' })
  await page.goto(`${world.server.url}/dashboard/users?columns=private.customer`)
  await page.getByRole('columnheader', { name: /private.customer/ }).waitFor()
  expect(await read('As CSV')).toContain('cus_canary')
})

test('an e-mail address is added, a session ended, and a ticket made and taken back', async () => {
  const { id: session } = await world.ask('POST', 'sessions', { user_id: grace.id })
  await page.goto(`${world.server.url}/dashboard/users/${grace.id}`)
  await page.getByRole('tab', { name: 'Metadata' }).waitFor()
  await tabTo(page, 'Metadata', 'tab')
  await keys('ArrowRight')
  await page.getByRole('heading', { name: 'E-mail addresses' }).waitFor()
  await tabTo(page, 'Another one', 'input')
  await page.keyboard.insertText('hopper@example.com')
  await keys('Enter')
  await page.locator('.emails').getByText('hopper@example.com').waitFor()
  await page.getByRole('button', { name: 'End session' }).waitFor()
  await tabTo(page, 'End session')
  await keys('Enter')
  await expect.poll(async () => (await world.ask('GET', `sessions/${session}`)).status).toBe('revoked')
  await page.reload()
  await page.getByRole('button', { name: 'Sign in as' }).waitFor()
  await tabTo(page, 'Sign in as')
  await keys('Enter')
  await page.getByRole('textbox', { name: 'Ticket' }).waitFor()
  await keys('Escape')
  await page.getByText('A ticket to sign in as Grace is out.').waitFor()
  await tabTo(page, 'Take it back')
  await keys('Enter')
  await page.getByText('Took the ticket back').waitFor()
})

test('it is made dark and light', async () => {
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  for (const [name, color] of [
    ['dark', 'rgb(12, 12, 14)'],
    ['light', 'rgb(255, 255, 255)'],
  ] as const) {
    await openPalette()
    await page.keyboard.insertText(`make it ${name}`)
    await keys('Enter')
    await page.locator('.palette').waitFor({ state: 'detached' })
    await expect.poll(ground).toBe(color)
  }
})
