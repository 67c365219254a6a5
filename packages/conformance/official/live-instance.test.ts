import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest'
import { type Mailbox, startMailbox } from '../mailbox.ts'
import { type NewDatabase, newDatabase } from '../new-database.ts'
import { newName } from '../targets.ts'
import { startTlsProxy, type TlsProxy } from '../tls-proxy.ts'
import { type Chromium, type Site, servePage, startChromium } from './browser.ts'
import * as clerk from './drive-clerk.ts'
import { type Running, runServer } from './run-server.ts'
import { type Watched, watchPage } from './watch-page.ts'

// A live instance as a company runs one: PostgreSQL, mail by SMTP, TLS ended by a proxy, the app on a host beside it.
const names = { accounts: 'accounts.example.test', app: 'app.example.test', react: 'react.example.test' }
let database: NewDatabase
let mailbox: Mailbox
let proxy: TlsProxy
let app: Site
let folder: string
let server: Running
let chromium: Chromium
let accounts: clerk.ClerkSite
let appAddress: string
let reactAddress: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'acme-live-'))
  database = await newDatabase()
  mailbox = await startMailbox()
  proxy = await startTlsProxy(...Object.values(names))
  const at = (name: string) => `https://${name}:${proxy.port}`
  const options = {
    '--database': database.url,
    '--data': join(folder, 'data'),
    '--port': '0',
    '--origin': at(names.accounts),
    '--trusted-proxies': '1',
    '--smtp': mailbox.url,
    '--mail-from': 'Example <codes@example.test>',
    '--clerk-packages': '.',
  }
  const allowed = [names.app, names.react].flatMap((name) => ['--allowed-origin', at(name)])
  server = runServer([...Object.entries(options).flat(), ...allowed])
  const [, url = ''] = await server.until(/listens on (\S+)/)
  const [, key = ''] = await server.until(/publishable key\s+(pk_live_\S+)/)
  app = await servePage(new URL('../account/', import.meta.url), 'page.ts')
  proxy.route(names.accounts, url)
  proxy.route(names.app, app.origin)
  accounts = { origin: at(names.accounts), readCode: mailbox.readCode }
  appAddress = `${at(names.app)}/?key=${key}`
  reactAddress = `${at(names.react)}/?key=${key}`
  chromium = await startChromium({ args: ['--host-resolver-rules=MAP *.example.test 127.0.0.1'], trusts: true })
})

afterAll(async () => {
  await chromium?.close()
  server?.kill()
  await server?.ended
  app?.close()
  await proxy?.close()
  await mailbox?.close()
  await database?.drop()
  await rm(folder, { recursive: true, force: true })
})

async function open(): Promise<{ page: Page; watched: Watched }> {
  const page = await chromium.open('about:blank')
  return {
    page,
    watched: watchPage(page, [
      accounts.origin,
      ...[appAddress, reactAddress].map((address) => new URL(address).origin),
    ]),
  }
}

/** Does one thing on the page of our own SDK, and waits until it says who is signed in then. */
async function act(page: Page, fields: Readonly<Record<string, string>>, name: string): Promise<string> {
  for (const [label, value] of Object.entries(fields)) await page.getByLabel(label).fill(value)
  await page.getByRole('button', { name, exact: true }).click()
  await page.getByText(new RegExp(`^${name}( refused by \\w+)?: `)).waitFor()
  return `${await page.locator('output').textContent()}`.replace(`${name}: `, '')
}

test('an account lives from its sign-up to its end on a page of our own SDK', async () => {
  const { page, watched } = await open()
  const { page: phone } = await open()
  await page.goto(appAddress)
  await page.getByText('Load: nobody').waitFor()
  const [first, second] = [`${newName()}@example.test`, `${newName()}@example.test`]
  const [password, next] = ['correct horse battery', 'another horse battery']
  await act(page, { 'Email address': first, Password: password }, 'Sign up')
  expect(await act(page, { Code: await mailbox.readCode(first) }, 'Verify sign-up')).toBe(first)
  expect(await act(page, {}, 'Sign out')).toBe('nobody')
  expect(await act(page, { 'Email address': first, Password: password }, 'Sign in')).toBe(first)
  await act(page, {}, 'Sign out')
  await act(page, { 'Email address': first }, 'Forgot password')
  const reset = { Code: await mailbox.readCode(first), Password: next }
  expect(await act(page, reset, 'Reset password')).toBe(first)
  await act(page, { 'Email address': second }, 'Add address')
  await act(page, { Code: await mailbox.readCode(second) }, 'Verify address')
  expect(await act(page, {}, 'Make primary')).toBe(second)
  await phone.goto(appAddress)
  await phone.getByText('Load: nobody').waitFor()
  expect(await act(phone, { 'Email address': second, Password: next }, 'Sign in')).toBe(second)
  await act(page, {}, 'Sign out everywhere else')
  await phone.reload()
  await phone.getByText('Load: nobody').waitFor()
  expect(watched.takeRefusals()).toEqual([])
  expect(await act(page, {}, 'Delete account')).toBe('nobody')
  await page.reload()
  await page.getByText('Load: nobody').waitFor()
  expect(await act(page, { 'Email address': second, Password: next }, 'Sign in')).toMatch(/refused by form_password/)
  expect(watched.takeRefusals()).toEqual(['422 POST /v1/client/sign_ins'])
  await phone.context().close()
  await page.context().close()
})

// The same again by components that load a megabyte for each page.
test.runIf(inject('scale') === 1)('an account lives from its sign-up to its end on Clerk’s pages', async () => {
  const { page, watched } = await open()
  const { page: phone } = await open()
  const [first, second] = [`${newName()}@example.test`, `${newName()}@example.test`]
  const [password, next, last] = ['correct horse battery', 'another horse battery', 'third horse battery']
  await clerk.signUp(page, accounts, first)
  await clerk.openProfile(page, accounts, 'Security')
  await clerk.changePassword(page, { next: password, signsOutOthers: false })
  const menu = await clerk.openUserButton(page, accounts)
  await menu.getByRole('button', { name: 'Sign out' }).click()
  await page.waitForURL(/\/sign-in/)
  await clerk.signIn(page, accounts, first, password)
  await page.context().clearCookies()
  await clerk.resetPassword(page, accounts, first, next)
  await clerk.openProfile(page, accounts, 'Profile')
  await clerk.addEmail(page, accounts, second)
  await clerk.makePrimary(page, second)
  await clerk.removeEmail(page, first)
  await clerk.signIn(phone, accounts, second, next)
  await clerk.openProfile(page, accounts, 'Security')
  await clerk.changePassword(page, { current: next, next: last, signsOutOthers: true })
  await phone.goto(`${accounts.origin}/user`)
  await phone.waitForURL(/\/sign-in/)
  await clerk.deleteAccount(page)
  await page.waitForURL(/\/sign-in/)
  expect(watched.takeRefusals()).toEqual([])
  await phone.context().close()
  await page.context().close()
})

test.runIf(inject('scale') === 1)('an app on @clerk/react needs nothing but the publishable key', async () => {
  const react = await servePage(new URL('../account/', import.meta.url), 'clerk-react.tsx')
  onTestFinished(() => react.close())
  proxy.route(names.react, react.origin)
  const { page, watched } = await open()
  const emailAddress = `${newName()}@example.test`
  await clerk.signUp(page, accounts, emailAddress)
  await page.context().clearCookies()
  await page.goto(reactAddress)
  await page.getByLabel(/Email address/).fill(emailAddress)
  await page.getByRole('button', { name: 'Continue', exact: true }).click()
  await page.locator('.cl-footerActionLink', { hasText: 'Use another method' }).click()
  await page.getByRole('button', { name: /^Email code to/ }).click()
  await page.getByRole('textbox', { name: /code/i }).waitFor()
  await clerk.sayCode(page, await mailbox.readCode(emailAddress))
  await page.getByText(`Hello ${emailAddress}`).waitFor()
  await page.locator('.cl-userButtonTrigger').click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByLabel(/Email address/).waitFor()
  expect(watched.takeRefusals()).toEqual([])
  await page.context().close()
})
