import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Place } from '../place.ts'
import { startSqlite } from '../places.ts'
import { newName } from '../targets.ts'
import { createWire } from '../wire.ts'
import { type Chromium, startChromium } from './browser.ts'
import { type ComponentSite, serveComponents } from './components.ts'

let place: Place
let site: ComponentSite
let chromium: Chromium

beforeAll(async () => {
  place = await startSqlite()
  site = await serveComponents(place)
  chromium = await startChromium()
}, 120_000)

afterAll(async () => {
  await chromium?.close()
  site?.close()
  await place?.close()
})

/** What Clerk's scripts put on the page. */
interface ClerkGlobals {
  readonly __internal_ClerkUICtor: unknown
  readonly Clerk: {
    load(options: object): Promise<void>
    mountSignUp(node: Element): void
    mountSignIn(node: Element): void
    mountUserProfile(node: Element): void
    mountUserButton(node: Element): void
    signOut(): Promise<void>
  }
}

test('Clerk’s own <SignUp/> signs up, by the code that it asks for', async () => {
  const page = await chromium.open(site.origin)
  await page.evaluate(async () => {
    const { Clerk, __internal_ClerkUICtor: ClerkUI } = globalThis as unknown as ClerkGlobals
    await Clerk.load({ ui: { ClerkUI }, telemetry: false })
    Clerk.mountSignUp(document.querySelector('#component') as Element)
  })
  const emailAddress = `${newName()}@example.com`
  await page.getByLabel('Email address').fill(emailAddress)
  await page.getByRole('button', { name: 'Continue', exact: true }).click()
  // What it does once the session is there; then it leaves the page.
  const signedIn = page.waitForResponse(/\/v1\/client\/sessions\/\w+\/touch/)
  await page.getByRole('textbox', { name: /code/i }).fill('424242')
  expect((await signedIn).status()).toBe(200)
  const wire = createWire(place)
  const found = await wire.backend('GET', `/v1/users?email_address=${emailAddress}`)
  expect(found.json).toMatchObject([{ email_addresses: [{ email_address: emailAddress }] }])
  wire.close()
})

type Component = 'SignIn' | 'UserProfile'

/** Opens a page that shows a component. */
async function show(page: Awaited<ReturnType<Chromium['open']>>, component: Component) {
  await page.evaluate(async (name) => {
    const { Clerk, __internal_ClerkUICtor: ClerkUI } = globalThis as unknown as ClerkGlobals
    await Clerk.load({ ui: { ClerkUI }, telemetry: false })
    Clerk[`mount${name}`](document.querySelector('#component') as Element)
  }, component)
}

test('Clerk’s own <SignIn/> resets a forgotten password, and <UserProfile/> adds an address and shows the devices', async () => {
  const wire = createWire(place)
  const emailAddress = `${newName()}@example.com`
  const body = { email_address: [emailAddress], password: 'correct horse battery' }
  const { id } = (await wire.backend('POST', '/v1/users', body)).json
  const page = await chromium.open(site.origin)
  await show(page, 'SignIn')
  await page.getByLabel('Email address').fill(emailAddress)
  await page.getByRole('button', { name: 'Continue', exact: true }).click()
  await page.getByText('Forgot password?').click()
  await page.getByRole('button', { name: /Reset your password/ }).click()
  await page.getByRole('textbox', { name: /code/i }).fill('424242')
  await page.getByLabel('New password').fill('another horse battery')
  await page.getByLabel('Confirm password').fill('another horse battery')
  const done = page.waitForResponse(/\/reset_password/)
  const signedIn = page.waitForResponse(/\/v1\/client\/sessions\/\w+\/touch/)
  await page.getByRole('button', { name: 'Reset Password' }).click()
  expect((await done).status()).toBe(200)
  expect((await signedIn).status()).toBe(200)
  const verified = await wire.backend('POST', `/v1/users/${id}/verify_password`, { password: 'another horse battery' })
  expect(verified.status).toBe(200)

  // The one before goes where a sign-in leads to.
  const profile = await page.context().newPage()
  await profile.goto(site.origin)
  await show(profile, 'UserProfile')
  await profile.getByText('Add email address').click()
  const added = `${newName()}@example.com`
  await profile.getByLabel('Email address').fill(added)
  await profile.getByRole('button', { name: 'Add', exact: true }).click()
  const proved = profile.waitForResponse(/\/attempt_verification/)
  await profile.getByRole('textbox', { name: /code/i }).fill('424242')
  expect((await proved).status()).toBe(200)
  expect((await wire.backend('GET', `/v1/users?email_address=${added}`)).json).toMatchObject([{ id }])
  await profile.getByText('Security').click()
  await profile.getByText('Update password').waitFor()
  await profile.getByText(/This device/).waitFor()
  wire.close()
}, 60_000)
