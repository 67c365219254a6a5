import type { Locator, Page } from 'playwright'

/** Where Clerk's pages are, and how whoever uses them reads their mail. */
export interface ClerkSite {
  readonly origin: string
  /** Gives the code that was sent to an address last. */
  readCode(emailAddress: string): string | Promise<string>
}

const button = (page: Page | Locator, name: string | RegExp) => page.getByRole('button', { name, exact: true })

/** What is typed into the six boxes, which are one. */
const codeBox = (page: Page) => page.getByRole('textbox', { name: /code/i })

/** Signs up by an e-mail address and the code that is sent to it. */
export async function signUp(page: Page, site: ClerkSite, emailAddress: string): Promise<void> {
  await page.goto(`${site.origin}/sign-up`)
  await page.getByLabel('Email address').fill(emailAddress)
  await button(page, 'Continue').click()
  await codeBox(page).waitFor()
  await codeBox(page).fill(await site.readCode(emailAddress))
  await page.waitForURL(`${site.origin}/user`)
}

/** Begins to sign in; the page asks for the password then. */
export async function beginSignIn(page: Page, site: ClerkSite, identifier: string): Promise<void> {
  await page.goto(`${site.origin}/sign-in`)
  await page.getByLabel(/Email address/).fill(identifier)
  await button(page, 'Continue').click()
  await page.getByLabel('Password', { exact: true }).waitFor()
}

/** Says the password. */
export async function sayPassword(page: Page, password: string): Promise<void> {
  await page.getByLabel('Password', { exact: true }).fill(password)
  await button(page, 'Continue').click()
}

/** Signs in by a password. */
export async function signIn(page: Page, site: ClerkSite, identifier: string, password: string): Promise<void> {
  await beginSignIn(page, site, identifier)
  await sayPassword(page, password)
  await page.waitForURL(`${site.origin}/user`)
}

/** Sets a new password by "Forgot password?", for an address whose owner has one. */
export async function resetPassword(page: Page, site: ClerkSite, emailAddress: string, next: string): Promise<void> {
  await beginSignIn(page, site, emailAddress)
  await page.getByText('Forgot password?').click()
  await button(page, 'Reset your password').click()
  await codeBox(page).waitFor()
  await codeBox(page).fill(await site.readCode(emailAddress))
  await page.getByLabel('New password').fill(next)
  // What it says to those whose password was reset by somebody else.
  if (await page.getByText('For security reasons').isVisible()) throw new Error('the reset is taken for another’s')
  await page.getByLabel('Confirm password').fill(next)
  await pressUntil(button(page, 'Reset Password'), async () => page.url() === `${site.origin}/user`)
}

/** Presses a button until it is done: one that moves as it is pressed, since a field before it was judged, hears nothing. */
async function pressUntil(pressed: Locator, isDone: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 15; tries++) {
    // One that is busy with what was pressed before is not pressed again, and then it is gone.
    await pressed.click({ timeout: 2_000 }).catch(() => {})
    for (let looks = 0; looks < 20; looks++) {
      if (await isDone()) return
      await pressed.page().waitForTimeout(100)
    }
  }
  throw new Error('nothing comes of pressing the button')
}

/** Saves what a card of the profile shows, which closes then. */
async function save(page: Page): Promise<void> {
  await pressUntil(button(page, 'Save'), () => page.evaluate(isClosed))
}

const isClosed = () => document.querySelector('.cl-profileSection form') === null

/** Waits until no card is open: one that opens while another closes is there beside it. */
async function closed(page: Page): Promise<void> {
  await page.waitForFunction(isClosed)
}

/** Opens a part of the profile. */
export async function openProfile(page: Page, site: ClerkSite, part: 'Profile' | 'Security'): Promise<void> {
  await page.goto(`${site.origin}/user`)
  await button(page, part).click()
}

/** Gives a first and a last name. */
export async function changeName(page: Page, firstName: string, lastName: string): Promise<void> {
  await button(page, 'Update profile').click()
  await page.getByLabel('First name').fill(firstName)
  await page.getByLabel('Last name').fill(lastName)
  await save(page)
  await page.getByText(`${firstName} ${lastName}`).first().waitFor()
}

/** Gives a username, or another one. */
export async function changeUsername(page: Page, username: string): Promise<void> {
  const change = button(page, /^(Set|Update) username$/)
  // The one that a first name replaces may still be there.
  await change.nth(1).waitFor({ state: 'detached' })
  await change.click()
  await page.getByLabel('Username').fill(username)
  await save(page)
  await page.getByText(username, { exact: true }).first().waitFor()
}

/** The row of an e-mail address. */
export function emailRow(page: Page, emailAddress: string): Locator {
  return page.locator('.cl-profileSectionItem__emailAddresses', { hasText: emailAddress })
}

/** Takes what the menu of an e-mail address offers. */
async function takeOf(page: Page, emailAddress: string, action: string | RegExp): Promise<void> {
  await emailRow(page, emailAddress).getByRole('button').click()
  await page.getByRole('menuitem', { name: action }).click()
}

/** Adds an e-mail address and stops where its code is asked for. */
export async function beginEmail(page: Page, emailAddress: string): Promise<void> {
  await button(page, 'Add email address').click()
  await page.getByLabel('Email address').fill(emailAddress)
  await button(page, 'Add').click()
  await codeBox(page).waitFor()
}

/** Says a code. */
export async function sayCode(page: Page, code: string): Promise<void> {
  await codeBox(page).fill(code)
}

/** Adds an e-mail address and proves it by its code. */
export async function addEmail(page: Page, site: ClerkSite, emailAddress: string): Promise<void> {
  await beginEmail(page, emailAddress)
  await sayCode(page, await site.readCode(emailAddress))
  await closed(page)
}

/** Proves an e-mail address that was added before. */
export async function verifyEmail(page: Page, site: ClerkSite, emailAddress: string): Promise<void> {
  await takeOf(page, emailAddress, /verif/i)
  await codeBox(page).waitFor()
  await sayCode(page, await site.readCode(emailAddress))
  await closed(page)
}

/** Makes an e-mail address the primary one. */
export async function makePrimary(page: Page, emailAddress: string): Promise<void> {
  await takeOf(page, emailAddress, 'Set as primary')
  // Not what its menu offers, which may still close.
  await emailRow(page, emailAddress).getByText('Primary', { exact: true }).waitFor()
}

/** Removes an e-mail address. */
export async function removeEmail(page: Page, emailAddress: string): Promise<void> {
  await takeOf(page, emailAddress, 'Remove email')
  await button(page, 'Remove').click()
  await emailRow(page, emailAddress).waitFor({ state: 'detached' })
}

/** A new password, and what goes with it. */
export interface NewPassword {
  /** The one before; left out by who has none. */
  readonly current?: string
  readonly next: string
  /** Whether all other devices are signed out. */
  readonly signsOutOthers: boolean
}

/** Ticks a box or not. One that is drawn anew as it is clicked, since a field before it was judged meanwhile, stays as it was. */
async function setBox(box: Locator, isTicked: boolean): Promise<void> {
  for (let tries = 20; (await box.isChecked()) !== isTicked; tries--) {
    if (tries === 0) throw new Error('the box stays as it is')
    await box.click({ force: true })
    await box.page().waitForTimeout(100)
  }
}

/** Sets or changes the password. */
export async function changePassword(page: Page, { current, next, signsOutOthers }: NewPassword): Promise<void> {
  await button(page, current === undefined ? 'Set password' : 'Update password').click()
  await page.getByLabel('New password').waitFor()
  if (current !== undefined) await page.getByLabel('Current password').fill(current)
  await page.getByLabel('New password').fill(next)
  await page.getByLabel('Confirm password').fill(next)
  await setBox(page.getByLabel(/Sign out of all other devices/), signsOutOthers)
  await save(page)
}

/** The rows of the devices that are signed in. */
export function deviceRows(page: Page): Locator {
  return page.locator('.cl-activeDeviceListItem')
}

/** Signs out a device other than this one. Its row stays until the component is drawn anew. */
export async function signOutOther(page: Page): Promise<void> {
  await deviceRows(page).getByRole('button').click()
  const done = page.waitForResponse(/\/me\/sessions\/\w+\/revoke/)
  await page.getByRole('menuitem', { name: 'Sign out of device' }).click()
  await done
}

/** Deletes the account; the page goes elsewhere then. */
export async function deleteAccount(page: Page): Promise<void> {
  await button(page, 'Delete account').click()
  await page.getByRole('textbox').fill('Delete account')
  await button(page, 'Delete account').last().click()
}

/** Puts a <UserButton/> on a page of Clerk's and opens it; gives its menu. */
export async function openUserButton(page: Page, site: ClerkSite): Promise<Locator> {
  await page.goto(`${site.origin}/user`)
  await page.locator('.cl-userProfile-root').waitFor()
  await page.evaluate(() => {
    const { Clerk } = globalThis as unknown as { Clerk: { mountUserButton(node: Element): void } }
    const node = document.createElement('div')
    document.body.prepend(node)
    Clerk.mountUserButton(node)
  })
  await page.locator('.cl-userButtonTrigger').click()
  return page.locator('.cl-userButtonPopoverCard')
}
