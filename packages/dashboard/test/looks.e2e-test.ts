import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import axe from 'axe-core'
import type { Page } from 'playwright'
import { beforeAll, expect, inject, test, vi } from 'vitest'
import { openPage, type Person, startWorld } from './setup.ts'
import { makeStates } from './states.ts'

// An endpoint that nobody answers at is given up at once.
const world = startWorld({
  webhooks: { allowedHosts: ['127.0.0.1'], timings: { firstPause: 1, longestPause: 1, giveUpAfter: 1 } },
})
let ada: Person
let endpoint: string

beforeAll(async () => {
  ada = await world.createUser({
    first_name: 'Ada',
    email_address: ['ada@example.com'],
    public_metadata: { plan: 'pro', seats: 3 },
    private_metadata: { note: 'x'.repeat(7_000) },
  })
  await world.ask('POST', 'sessions', { user_id: ada.id })
  const schemas = { public: { type: 'object', properties: { plan: { enum: ['free', 'pro', 'team'] }, seats: {} } } }
  await world.ask('PUT', 'metadata_schemas', { schemas: {} })
  await world.ask('PUT', 'metadata_schemas', { schemas, options: { indexes: ['public.plan'] } })
  ;({ id: endpoint } = await world.ask('POST', 'webhook_endpoints', { url: 'http://127.0.0.1:9/nobody' }))
  await world.ask('PATCH', `users/${ada.id}/metadata`, { public_metadata: { seats: 4 } })
  const parked = async () => (await world.ask('GET', `webhook_endpoints/${endpoint}/deliveries?status=parked`)).data
  await vi.waitUntil(async () => (await parked()).length > 0, { timeout: 30_000 })
  // It is not gone on with, so that it is under way.
  await world.ask('POST', 'metadata_migrations', { name: 'to-tiers', direction: 'up', from: schemas, to: schemas })
})

/** What axe finds on a page, or in a part of it, in a line each. */
async function violations(page: Page, part?: string, rules?: readonly string[]): Promise<string[]> {
  // By the debugger: the policy of the page lets nobody else add a script.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source)
  const found = await page.evaluate(
    ([part, rules]) =>
      (globalThis as unknown as { axe: typeof import('axe-core') }).axe.run(
        // A list may close as the page becomes narrow.
        (part && document.querySelector(part)) || document,
        { resultTypes: ['violations'], ...(rules && { runOnly: [...rules] }) },
      ),
    [part, rules] as const,
  )
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)
}

const looks = [390, 1280, 2560].flatMap((width) => (['light', 'dark'] as const).map((theme) => ({ theme, width })))

/** What is wider than it may be: the page, or the view in it. */
const overflow = (page: Page) =>
  page.evaluate(() => {
    const view = document.querySelector('.view')
    return Math.max(
      document.documentElement.scrollWidth - innerWidth,
      (view?.scrollWidth ?? 0) - (view?.clientWidth ?? 0),
    )
  })

test('axe finds nothing in any state, light or dark, at 390, 1280 and 2560 px, and nothing is wider than the page', async () => {
  const { page, said, context } = await openPage(world, '/keys')
  const found: string[] = []
  const take = async ({ theme, width }: (typeof looks)[number]) => {
    await page.setViewportSize({ width, height: 900 })
    await page.emulateMedia({ colorScheme: theme })
  }
  for (const [index, { name, path, show, isNarrow, list }] of makeStates(world, { ada, endpoint }).entries()) {
    const all = looks.filter(({ width }) => !isNarrow || width === 390)
    // A part of the trials looks at each state once, by turns in each of the looks.
    const tried = inject('scale') === 1 ? all : [all[index % all.length]].filter((look) => look !== undefined)
    for (const [turn, look] of tried.entries()) {
      await take(look)
      if (turn === 0) {
        if (path !== undefined) await page.goto(`${world.server.url}/dashboard${path}`)
        await show(page)
      }
      // Light and dark differ in colors alone.
      const rules = turn > 0 && look.theme === 'dark' ? ['color-contrast'] : undefined
      found.push(
        ...(await violations(page, list, rules)).map((one) => `${name}, ${look.theme}, ${look.width} px: ${one}`),
      )
      const wider = await overflow(page)
      if (wider > 0) found.push(`${name}, ${look.width} px: ${wider} px too wide`)
    }
  }
  expect(found).toEqual([])
  expect(said).toEqual({ errors: [], strangers: [] })
  await context.close()
})

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
