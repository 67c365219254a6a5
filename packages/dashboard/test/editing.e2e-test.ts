import type { Page } from 'playwright'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { openPage, type Person, rewrite, type Said, signIn, startWorld } from './setup.ts'

const world = startWorld()
let ada: Person
let page: Page
let said: Said

beforeAll(async () => {
  ada = await world.createUser({ first_name: 'Ada' })
  ;({ page, said } = await openPage(world, `/users/${ada.id}`))
})

afterEach(() => {
  expect(said).toEqual({ errors: [], strangers: [] })
})

const metadata = (kind: object) => world.ask('PUT', `users/${ada.id}/metadata`, kind)

type Name = 'Private' | 'Public' | 'Unsafe'
const editor = (kind: Name) => page.getByRole('textbox', { name: `${kind} metadata` })

async function open(): Promise<void> {
  await page.goto(`${world.server.url}/dashboard/users/${ada.id}`)
  await editor('Public').waitFor()
}

async function write(kind: Name, value: unknown): Promise<void> {
  await editor(kind).focus()
  await rewrite(page, JSON.stringify(value))
}

const save = () => page.keyboard.press('ControlOrMeta+s')
/** Waits until the page knows that nothing is left to save. */
const saved = () => expect.poll(() => page.getByText(/^Unsaved: /).count()).toBe(0)
const publicOf = async () => (await world.readUser(ada.id)).public_metadata

test('what another person changes while a user is open is seen, without a reload', async () => {
  await metadata({ public_metadata: { plan: 'free' } })
  await open()
  await metadata({ public_metadata: { plan: 'pro' } })
  await expect.poll(() => editor('Public').textContent()).toContain('pro')
  // However fast it changes, the page reads no more often than it can show.
  let reads = 0
  page.on('request', (request) => {
    if (request.url().endsWith(`/v1/users/${ada.id}`)) reads++
  })
  const many = Array.from({ length: 300 }, (_, index) => index)
  await Promise.all(many.map((count) => metadata({ public_metadata: { count } })))
  await metadata({ public_metadata: { plan: 'last' } })
  await expect.poll(() => editor('Public').textContent()).toContain('last')
  expect(reads).toBeLessThan(many.length)
})

test('two people who change different things both have their way, and are shown what was merged', async () => {
  await metadata({ public_metadata: { plan: 'free', seats: 1 } })
  await open()
  await write('Public', { plan: 'pro', seats: 1 })
  await metadata({ public_metadata: { plan: 'free', seats: 9 } })
  await save()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('Both changes are kept.').waitFor()
  expect(await dialog.getByRole('row', { name: /seats/ }).textContent()).toContain('9')
  expect(await dialog.getByRole('row', { name: /plan/ }).textContent()).toContain('pro')
  await dialog.getByRole('button', { name: 'Save the merged metadata' }).press('Enter')
  await dialog.waitFor({ state: 'detached' })
  await expect.poll(publicOf).toEqual({ plan: 'pro', seats: 9 })
  await saved()
})

test.each([
  ['mine', 'pro'],
  ['theirs', 'team'],
])('of what two people both changed, %s stands where it is chosen', async (whose, plan) => {
  await metadata({ public_metadata: { plan: 'free' } })
  await open()
  await write('Public', { plan: 'pro', mine: true })
  await metadata({ public_metadata: { plan: 'team', theirs: true } })
  await page.getByText('Somebody else has changed the public metadata meanwhile.').waitFor()
  await save()
  const dialog = page.getByRole('dialog')
  const row = dialog.getByRole('row', { name: /Choose/ })
  await row.waitFor()
  if (whose === 'theirs') await row.getByRole('radio').nth(1).press('Space')
  await dialog.getByRole('button', { name: 'Save the merged metadata' }).press('Enter')
  await dialog.waitFor({ state: 'detached' })
  await expect.poll(publicOf).toEqual({ plan, mine: true, theirs: true })
  await saved()
})

test('who saves beside a change of another kind is not held up', async () => {
  await metadata({ public_metadata: { plan: 'free' }, unsafe_metadata: {} })
  await open()
  await write('Public', { plan: 'pro' })
  await metadata({ unsafe_metadata: { theme: 'dark' } })
  await save()
  await expect.poll(publicOf).toEqual({ plan: 'pro' })
  await saved()
  expect((await world.readUser(ada.id)).unsafe_metadata).toEqual({ theme: 'dark' })
})

test('what is unsaved outlives a reload, and signing out forgets it', async () => {
  await metadata({ private_metadata: { note: 'before' } })
  await open()
  await write('Private', { note: 'canary-unsaved' })
  await page.reload()
  await expect.poll(() => editor('Private').textContent()).toContain('canary-unsaved')
  const kept = () => page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }, location.href]))
  expect(await kept()).toContain('canary-unsaved')
  await page.getByRole('button', { name: 'Sign out' }).press('Enter')
  await page.getByLabel('Secret key').waitFor()
  expect(await kept()).not.toContain('canary')
  expect(await page.content()).not.toContain('canary')
  expect((await world.readUser(ada.id)).private_metadata).toEqual({ note: 'before' })
  await signIn(page, world)
})

test('what the server refuses is said with its place, and kept', async () => {
  await metadata({ public_metadata: {} })
  await open()
  await write('Public', { plan: 'x'.repeat(8_200) })
  await page.getByText('over the limit of 8192').first().waitFor()
  await save()
  await page.getByText('Not saved.').waitFor()
  expect(await publicOf()).toEqual({})
  await write('Public', { plan: 'pro' })
  await save()
  await expect.poll(publicOf).toEqual({ plan: 'pro' })
  await saved()
})

test('a server that stops while one edits is said, and saved to when it is back', async () => {
  await metadata({ public_metadata: { plan: 'free' } })
  await open()
  const start = await world.stop()
  await write('Public', { plan: 'saved-later' })
  await save()
  await page.getByText('Not saved yet: the server does not answer.').waitFor()
  await start()
  await expect.poll(publicOf).toEqual({ plan: 'saved-later' })
  await page.getByText('Not saved yet').waitFor({ state: 'detached' })
})

test('a session that ends is begun anew over the page, and nothing written is lost', async () => {
  await metadata({ public_metadata: { plan: 'free' } })
  await open()
  await write('Public', { plan: 'kept' })
  await page.context().clearCookies()
  await save()
  await page.getByRole('heading', { name: 'Sign in again' }).waitFor()
  // On the page alone: what would outlive it is gone with the session.
  const stored = () => page.evaluate(() => JSON.stringify({ ...sessionStorage }))
  expect(await stored()).not.toContain('kept')
  await signIn(page, world)
  await page.getByRole('heading', { name: 'Sign in again' }).waitFor({ state: 'detached' })
  await expect.poll(stored).toContain('kept')
  await save()
  await expect.poll(publicOf).toEqual({ plan: 'kept' })
})
