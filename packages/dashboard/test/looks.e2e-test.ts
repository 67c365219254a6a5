import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import type { Page } from 'playwright'
import { beforeAll, expect, test } from 'vitest'
import { scaled } from '../../conformance/scaled.ts'
import { openPage, type Person, startWorld } from './setup.ts'

const world = startWorld()
let ada: Person
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

beforeAll(async () => {
  ada = await world.createUser({
    first_name: 'Ada',
    email_address: ['ada@example.com'],
    public_metadata: { plan: 'pro', seats: 3 },
    private_metadata: { note: 'x'.repeat(7_000) },
  })
  await world.ask('POST', 'sessions', { user_id: ada.id })
})

/** What axe finds on a page, in a line each. */
async function violations(page: Page): Promise<string[]> {
  // By the debugger: the policy of the page lets nobody else add a script.
  await page.evaluate(axe)
  const found = await page.evaluate(() =>
    (
      globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } }
    ).axe.run(),
  )
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)
}

const states: readonly (readonly [name: string, path: () => string, ready: (page: Page) => Promise<unknown>])[] = [
  ['users', () => '/users', (page) => page.getByRole('link', { name: 'Ada' }).waitFor()],
  ['nobody found', () => '/users?q=nobody', (page) => page.getByText('Nobody was found').waitFor()],
  ['an index that is not there', () => '/users?where=public.no+%3D+1', (page) => page.getByRole('alert').waitFor()],
  ['creating a user', () => '/users?create=yes', (page) => page.getByRole('dialog').waitFor()],
  ['a user', () => `/users/${ada.id}`, (page) => page.getByRole('textbox', { name: 'Unsafe metadata' }).waitFor()],
  ['an account', () => `/users/${ada.id}?tab=account`, (page) => page.getByText('End session').waitFor()],
  ['a user who is not there', () => '/users/user_0', (page) => page.getByRole('alert').waitFor()],
  ['no such page', () => '/nowhere', (page) => page.getByText('No such page').waitFor()],
]
const looks = (['light', 'dark'] as const).flatMap((theme) => [390, 1280, 2560].map((width) => [theme, width] as const))
// A part of the looks at a smaller scale: the two that differ most.
const [narrow, , , , , wide] = looks
const tried = scaled(looks.length, 2) === 2 ? [narrow, wide].filter((look) => look !== undefined) : looks

test.each(tried)(
  'axe finds nothing in any state, %s at %i px, and nothing is wider than the page',
  async (colorScheme, width) => {
    const { page, said, context } = await openPage(world, '/keys', { colorScheme, viewport: { width, height: 900 } })
    for (const [name, path, ready] of states) {
      await page.goto(`${world.server.url}/dashboard${path()}`)
      await ready(page)
      expect(await violations(page), `${name}, ${colorScheme}, ${width} px`).toEqual([])
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      expect(overflow, `${name}, ${width} px`).toBeLessThanOrEqual(0)
    }
    expect(said).toEqual({ errors: [], strangers: [] })
    await context.close()
  },
)

/** The bytes that came for what a page has loaded, as they were sent. */
const loaded = (page: Page) =>
  page.evaluate(() =>
    [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
      .map((entry) => entry as PerformanceResourceTiming)
      .filter(({ name, entryType }) => entryType === 'navigation' || name.includes('/assets/'))
      .map(({ name, encodedBodySize }) => ({ name: new URL(name).pathname, bytes: encodedBodySize })),
  )

test('the page is as small as was promised, and the editors come when a user is opened', async () => {
  const { page, said, context } = await openPage(world, '/users')
  await page.reload()
  await page.getByRole('link', { name: 'Ada' }).waitFor()
  const [painted, asked] = await page.evaluate(() => [
    performance.getEntriesByName('first-contentful-paint')[0]?.startTime,
    performance.getEntriesByType('resource').length + 1,
  ])
  const first = await loaded(page)
  const sum = (files: readonly { readonly bytes: number }[]) => files.reduce((total, { bytes }) => total + bytes, 0)
  expect(first.some(({ name }) => name.includes('json-editor'))).toBe(false)
  await page.getByRole('link', { name: 'Ada' }).click()
  await page.getByRole('textbox', { name: 'Public metadata' }).waitFor()
  expect((await loaded(page)).some(({ name }) => name.includes('json-editor'))).toBe(true)

  const assets = join(import.meta.dirname, '../dist/assets')
  const files = readdirSync(assets)
    .filter((name) => !name.endsWith('.br'))
    .map((name) => ({
      bytes: brotliCompressSync(readFileSync(join(assets, name))).length,
    }))
  process.stdout.write(
    `the dashboard, brotli: first view ${sum(first)} bytes in ${first.length} files, all of it ${sum(files)}; ` +
      `${asked} requests until the first user is there, first paint after ${Math.round(painted ?? Number.NaN)} ms\n`,
  )
  expect(said).toEqual({ errors: [], strangers: [] })
  expect(sum(first)).toBeLessThanOrEqual(220_000)
  expect(sum(files)).toBeLessThanOrEqual(600_000)
  await context.close()
})
