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
