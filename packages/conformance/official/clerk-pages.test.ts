import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type RunningServer, startServer } from '@acme/server/node'
import type { Page } from 'playwright'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { newName } from '../targets.ts'
import { createWire, type Wire } from '../wire.ts'
import { type Chromium, startChromium } from './browser.ts'
import * as clerk from './drive-clerk.ts'
import { type Watched, watchPage } from './watch-page.ts'

// Clerk's own components on the pages that the server has them on, out of the packages that are installed here.
let folder: string
let server: RunningServer
let site: clerk.ClerkSite
let chromium: Chromium
let wire: Wire

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'acme-pages-'))
  const clerkPackages = fileURLToPath(new URL('..', import.meta.url))
  server = await startServer({ directory: folder, port: 0, clerkPackages, dashboard: false })
  site = { origin: server.url, readCode: () => '424242' }
  wire = createWire(server)
  chromium = await startChromium()
})

afterAll(async () => {
  wire?.close()
  await chromium?.close()
  await server?.close()
  await rm(folder, { recursive: true, force: true })
})

async function open(): Promise<{ page: Page; watched: Watched }> {
  const page = await chromium.open('about:blank')
  return { page, watched: watchPage(page, [site.origin]) }
}

async function createUser(password = 'correct horse battery') {
  const emailAddress = `${newName()}@example.com`
  const { id } = (await wire.backend('POST', '/v1/users', { email_address: [emailAddress], password })).json
  return { id: id as string, emailAddress, password }
}

async function readUser(id: string) {
  return (await wire.backend('GET', `/v1/users/${id}`)).json
}

test('<SignUp/> signs up by the code that it asks for, and <UserProfile/> gives who did a password', async () => {
  const { page, watched } = await open()
  const emailAddress = `${newName()}@example.com`
  await clerk.signUp(page, site, emailAddress)
  const [found] = (await wire.backend('GET', `/v1/users?email_address=${emailAddress}`)).json
  expect(found).toMatchObject({ email_addresses: [{ email_address: emailAddress }], password_enabled: false })
  await clerk.openProfile(page, site, 'Security')
  await clerk.changePassword(page, { next: 'correct horse battery', signsOutOthers: false })
  expect((await readUser(found.id)).password_enabled).toBe(true)
  expect(watched.takeRefusals()).toEqual([])
  await page.context().close()
})

test('<SignIn/> takes a password, a code, and a new password from who has forgotten it', async () => {
  const user = await createUser()
  const { page, watched } = await open()
  await clerk.beginSignIn(page, site, user.emailAddress)
  await clerk.sayPassword(page, 'wrong horse battery')
  await page.locator('#error-password').waitFor()
  expect(watched.takeRefusals()).toEqual(['422 POST /v1/client/sign_ins/{id}/attempt_first_factor'])
  await page.locator('.cl-footerActionLink', { hasText: 'Use another method' }).click()
  await page.getByRole('button', { name: /^Email code to/ }).click()
  await page.getByRole('textbox', { name: /code/i }).waitFor()
  await clerk.sayCode(page, '424242')
  await page.waitForURL(`${site.origin}/user`)
  await page.context().clearCookies()
  await clerk.resetPassword(page, site, user.emailAddress, 'another horse battery')
  const body = { password: 'another horse battery' }
  expect((await wire.backend('POST', `/v1/users/${user.id}/verify_password`, body)).status).toBe(200)
  expect(watched.takeRefusals()).toEqual([])
  await page.context().close()
})

test('<UserProfile/> changes names and addresses, and says what was wrong', async () => {
  const user = await createUser()
  const { page, watched } = await open()
  await clerk.signIn(page, site, user.emailAddress, user.password)
  await clerk.changeName(page, 'Grace', 'Hopper')
  const username = newName()
  await clerk.changeUsername(page, newName())
  await clerk.changeUsername(page, username)
  // What the server keeps none of is not offered.
  await page.getByRole('button', { name: 'Update profile' }).click()
  await page.getByLabel('First name').waitFor()
  for (const word of ['Upload', 'Recommended size', 'Phone', 'Connected accounts', 'Web3', 'Two-step', 'Passkeys']) {
    expect(await page.getByText(word).filter({ visible: true }).count(), word).toBe(0)
  }
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByLabel('First name').waitFor({ state: 'detached' })
  expect(watched.takeRefusals()).toEqual([])

  const second = `${newName()}@example.com`
  await clerk.beginEmail(page, second)
  await clerk.sayCode(page, '111111')
  await page.getByText('Incorrect code.').first().waitFor()
  expect(watched.takeRefusals()).toEqual(['422 POST /v1/me/email_addresses/{id}/attempt_verification'])
  await page.getByRole('button', { name: 'Cancel' }).click()
  await clerk.emailRow(page, second).getByText('Unverified').waitFor()
  await clerk.verifyEmail(page, site, second)
  await clerk.makePrimary(page, second)
  await clerk.removeEmail(page, user.emailAddress)
  const changed = await readUser(user.id)
  expect(changed).toMatchObject({ first_name: 'Grace', last_name: 'Hopper', username })
  const shown = changed.email_addresses.filter(
    ({ verification }: { verification: { status: string } }) => verification.status === 'verified',
  )
  expect(shown).toMatchObject([{ id: changed.primary_email_address_id, email_address: second }])
  expect(watched.takeRefusals()).toEqual([])
  await page.context().close()
})

// Each page loads a megabyte of components: what many pages are opened for is tried at full scale alone.
const isWhole = inject('scale') === 1

test.runIf(isWhole)('<UserProfile/> changes passwords, signs other devices out, and deletes the account', async () => {
  const user = await createUser()
  const { page, watched } = await open()
  const { page: other } = await open()
  await clerk.signIn(page, site, user.emailAddress, user.password)
  await clerk.signIn(other, site, user.emailAddress, user.password)
  const isSignedIn = async () => {
    await other.goto(`${site.origin}/user`)
    await other.locator('.cl-rootBox').first().waitFor()
    return new URL(other.url()).pathname === '/user'
  }
  await clerk.openProfile(page, site, 'Security')
  await expect.poll(() => clerk.deviceRows(page).count()).toBe(2)
  await clerk.changePassword(page, { current: user.password, next: 'second horse battery', signsOutOthers: false })
  expect(await isSignedIn()).toBe(true)
  await clerk.changePassword(page, {
    current: 'second horse battery',
    next: 'third horse battery',
    signsOutOthers: true,
  })
  expect(await isSignedIn()).toBe(false)
  await clerk.signIn(other, site, user.emailAddress, 'third horse battery')
  await clerk.openProfile(page, site, 'Security')
  await clerk.signOutOther(page)
  expect(await isSignedIn()).toBe(false)
  await clerk.openProfile(page, site, 'Security')
  await expect.poll(() => clerk.deviceRows(page).count()).toBe(1)
  expect(watched.takeRefusals()).toEqual([])
  await clerk.deleteAccount(page)
  await expect.poll(async () => (await wire.backend('GET', `/v1/users/${user.id}`)).status).toBe(404)
  await page.waitForURL(/\/sign-in/)
  expect(watched.takeRefusals()).toEqual([])
  await other.context().close()
  await page.context().close()
})

test.runIf(isWhole)(
  '<UserButton/> manages the account, adds another, goes from one to the other, and signs out',
  async () => {
    const [first, second] = [await createUser(), await createUser()]
    const { page, watched } = await open()
    const shown = () =>
      page.evaluate(() => {
        const { Clerk } = globalThis as unknown as { Clerk: { user?: { id: string } } }
        return Clerk.user?.id
      })
    await clerk.signIn(page, site, first.emailAddress, first.password)
    let menu = await clerk.openUserButton(page, site)
    await menu.getByRole('button', { name: 'Manage account' }).click()
    await page.getByRole('dialog').getByText('Profile details').waitFor()
    menu = await clerk.openUserButton(page, site)
    await menu.getByRole('button', { name: 'Add account' }).click()
    await page.getByLabel(/Email address/).fill(second.emailAddress)
    await page.getByRole('button', { name: 'Continue', exact: true }).click()
    await clerk.sayPassword(page, second.password)
    await page.waitForURL(`${site.origin}/user`)
    menu = await clerk.openUserButton(page, site)
    expect(await shown()).toBe(second.id)
    await menu.getByRole('button', { name: first.emailAddress }).click()
    await expect.poll(shown).toBe(first.id)
    menu = await clerk.openUserButton(page, site)
    expect(await shown()).toBe(first.id)
    await menu.getByRole('button', { name: 'Sign out', exact: true }).click()
    await expect.poll(async () => (await shown().catch(() => undefined)) ?? first.id).not.toBe(first.id)
    menu = await clerk.openUserButton(page, site)
    expect(await shown()).toBe(second.id)
    await menu.getByRole('button', { name: 'Sign out', exact: true }).click()
    await page.waitForURL(/\/sign-in/)
    expect(watched.takeRefusals()).toEqual([])
    await page.context().close()
  },
)

test.runIf(isWhole)('a link to a page does not lead on to where nobody of the app is', async () => {
  const { emailAddress, password } = await createUser()
  for (const to of [
    'https://evil.example/',
    '//evil.example/',
    'http://localhost:1@evil.example/',
    'javascript:alert(1)',
  ]) {
    const { page, watched } = await open()
    await page.goto(`${site.origin}/sign-in?redirect_url=${encodeURIComponent(to)}`)
    await page.getByLabel(/Email address/).fill(emailAddress)
    await page.getByRole('button', { name: 'Continue', exact: true }).click()
    await clerk.sayPassword(page, password)
    await page.waitForURL(`${site.origin}/user`)
    expect(watched.takeRefusals()).toEqual([])
    await page.context().close()
  }
})
