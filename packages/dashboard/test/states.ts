import type { Page } from 'playwright'
import { type Person, rewrite, type World } from './setup.ts'

/** Who and what the states are about. */
export interface Cast {
  readonly ada: Person
  /** An endpoint that nobody answers at: what was sent to it was given up. */
  readonly endpoint: string
}

/** Something that the page can show: a view, a dialog over it, or what stands there instead. */
export interface State {
  readonly name: string
  /** Where it is, behind `/dashboard`; without, it comes of the state before. */
  readonly path?: string
  /** Brings it about, and waits until it shows. */
  show(page: Page): Promise<unknown>
  /** Of the narrow page alone. */
  readonly isNarrow?: boolean
  /** The list that stands open: what else there is is hidden from who hears the page until it closes, focusable as it is. */
  readonly list?: string
}

/** Every view and dialog, full, empty and failing, in the order in which each is least far from the one before. */
export function makeStates(world: World, { ada, endpoint }: Cast): readonly State[] {
  const enter = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).first().press('Enter')
  const dialog = (page: Page) => page.locator('.dialog').waitFor()
  /** Presses a button behind which there is a menu, or a dialog. */
  const opens =
    (name: string | RegExp, what = dialog) =>
    async (page: Page) => {
      await enter(page, name)
      await what(page)
    }
  const menu = (page: Page) => page.getByRole('menu').waitFor()
  const editor = (page: Page, label: string) => page.getByRole('textbox', { name: label })
  const write = async (page: Page, label: string, value: object) => {
    await editor(page, label).focus()
    await rewrite(page, JSON.stringify(value))
  }
  const at = `/users/${ada.id}`
  const answer = (page: Page, status: number) =>
    page.route('**/dashboard/v1/**', (route) => route.fulfill({ status, json: { errors: [], clerk_trace_id: 'x' } }))

  return [
    { name: 'overview', path: '/', show: (page) => page.getByRole('img', { name: /^Requests/ }).waitFor() },
    { name: 'users', path: '/users', show: (page) => page.getByRole('link', { name: 'Ada' }).waitFor() },
    {
      name: 'columns',
      list: '.menu',
      show: opens('Columns', menu),
    },
    {
      name: 'a search being written',
      list: '.menu',
      path: '/users?where=public.plan+%3D+pro&columns=email,public.plan,private.note',
      show: async (page) => {
        await page.getByRole('combobox').fill('pub')
        await page.getByRole('option').first().waitFor()
      },
    },
    { name: 'nobody found', path: '/users?q=nobody', show: (page) => page.getByText('Nobody was found').waitFor() },
    { name: 'no such index', path: '/users?where=public.no+%3D+1', show: (page) => page.getByRole('alert').waitFor() },
    { name: 'creating a user', path: '/users?create=yes', show: dialog },
    { name: 'inviting somebody', path: '/users?invite=yes', show: dialog },
    { name: 'a user', path: at, show: (page) => editor(page, 'Unsafe metadata').waitFor() },
    {
      name: 'what may be done with a user',
      list: '.menu',
      show: opens('More actions', menu),
    },
    {
      name: 'a ticket',
      path: at,
      show: opens('Sign in as'),
    },
    {
      name: 'what does not fit',
      path: at,
      show: async (page) => {
        await write(page, 'Public metadata', { plan: 'gold' })
        await page.getByText('does not match any of').waitFor()
      },
    },
    {
      name: 'what two have changed',
      show: async (page) => {
        await world.ask('PATCH', `${at.slice(1)}/metadata`, { public_metadata: { plan: 'team', seats: 9 } })
        await enter(page, 'Look at both changes')
        await dialog(page)
      },
    },
    { name: 'an account', path: `${at}?tab=account`, show: (page) => page.getByText('End session').waitFor() },
    { name: 'a user who is not there', path: '/users/user_0', show: (page) => page.getByRole('alert').waitFor() },
    { name: 'a history', path: `${at}/history`, show: (page) => page.getByText('Created through').waitFor() },
    {
      name: 'a look at a restore',
      show: async (page) => {
        await enter(page, 'Restore version 1')
        await page.locator('.dialog').getByText('This is what would change').waitFor()
      },
    },
    {
      name: 'a history without what is sought',
      path: `${at}/history?path=public.nothing`,
      show: (page) => page.getByText('No change of public.nothing').waitFor(),
    },
    { name: 'schemas', path: '/schemas', show: (page) => page.getByText('in force').first().waitFor() },
    { name: 'versions', path: '/schemas?tab=versions', show: (page) => page.getByText('against').waitFor() },
    {
      name: 'a check that found somebody',
      path: '/schemas?tab=next',
      show: async (page) => {
        await write(page, 'JSON Schema of public metadata', { properties: { plan: { const: 'none' } } })
        // What is written is asked about once the page knows of it.
        await page
          .getByRole('region', { name: /^What differs/ })
          .getByText('"none"')
          .first()
          .waitFor()
        await enter(page, 'Check against stored users')
        await page.getByText('do not fit').waitFor()
      },
    },
    {
      name: 'a push',
      show: opens('Push…'),
    },
    { name: 'a migration', path: '/schemas?tab=jobs', show: (page) => page.getByRole('progressbar').waitFor() },
    { name: 'endpoints', path: '/webhooks', show: (page) => page.getByText('Events given up').waitFor() },
    {
      name: 'adding an endpoint',
      show: opens('Add endpoint'),
    },
    {
      name: 'deliveries',
      path: `/webhooks?endpoint=${endpoint}&show=parked`,
      show: (page) => page.getByRole('button', { name: 'user.updated' }).first().waitFor(),
    },
    {
      name: 'a delivery',
      show: async (page) => {
        await enter(page, 'user.updated')
        await page.getByRole('region', { name: 'Payload' }).waitFor()
      },
    },
    {
      name: 'another secret',
      path: `/webhooks?endpoint=${endpoint}`,
      show: opens('Rotate secret…'),
    },
    { name: 'keys', path: '/keys', show: (page) => page.getByText('Of this server').waitFor() },
    {
      name: 'a key that shows once',
      show: async (page) => {
        await enter(page, 'Add key')
        await page.locator('.dialog').getByLabel('Name').fill(`key-${Date.now()}`)
        await page.keyboard.press('Enter')
        await page.getByText('not shown again').waitFor()
      },
    },
    {
      name: 'a key to revoke',
      path: '/keys',
      show: opens(/^Revoke/),
    },
    { name: 'no such page', path: '/nowhere', show: (page) => page.getByText('No such page').waitFor() },
    {
      name: 'the palette',
      show: async (page) => {
        await page.keyboard.press('ControlOrMeta+k')
        await page.getByRole('option').first().waitFor()
      },
    },
    {
      name: 'the shortcuts',
      path: '/nowhere',
      show: async (page) => {
        await page.getByText('No such page').waitFor()
        await page.keyboard.press('?')
        await dialog(page)
      },
    },
    {
      name: 'the navigation of a narrow page',
      path: '/nowhere',
      isNarrow: true,
      show: async (page) => {
        await enter(page, 'Open the navigation')
        await page.locator('.drawer').waitFor()
      },
    },
    {
      name: 'what failed',
      path: '/webhooks',
      show: async (page) => {
        await answer(page, 501)
        await page.reload()
        await page.getByRole('alert').waitFor()
      },
    },
    {
      name: 'a session that is over',
      path: '/keys',
      show: async (page) => {
        await page.unrouteAll({ behavior: 'ignoreErrors' })
        await page.reload()
        await page.getByText('Of this server').waitFor()
        await page.context().clearCookies()
        await page.keyboard.press('g')
        await page.keyboard.press('w')
        await page.getByRole('heading', { name: 'Sign in again' }).waitFor()
      },
    },
    {
      name: 'nobody signed in',
      path: '/',
      show: (page) => page.getByRole('heading', { name: 'Sign in to the dashboard' }).waitFor(),
    },
    {
      name: 'a wrong key',
      show: async (page) => {
        await page.getByLabel('Secret key').fill('sk_test_wrong')
        await page.keyboard.press('Enter')
        await page.getByText('No key of this server').waitFor()
      },
    },
  ]
}
