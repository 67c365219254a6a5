import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import axe from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright'
import { createServer, type ViteDevServer } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'

// The page is served for real; what it calls is answered by the worker, and no other server runs.
let vite: ViteDevServer
let browser: Browser
let page: Page
const asked: string[] = []

beforeAll(async () => {
  vite = await createServer({
    root: fileURLToPath(new URL('..', import.meta.url)),
    logLevel: 'warn',
    server: { port: 0 },
  })
  await vite.listen()
  browser = await chromium.launch({
    executablePath: `${process.env['CHROMIUM_PATH']}`,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  })
  page = await browser.newPage()
  page.on('request', (request) => asked.push(request.url()))
})

afterAll(async () => {
  await browser?.close()
  await vite?.close()
})

async function open(story: string): Promise<void> {
  await page.goto(`${vite.resolvedUrls?.local[0]}?story=${encodeURIComponent(story)}`)
  await page.getByRole('heading', { name: 'Settings' }).waitFor()
}

test('a member edits their settings without any server', async () => {
  await open('member')
  await page.getByText('Plan: free').waitFor()
  await page.getByRole('button', { name: 'Theme: light' }).click()
  await page.getByLabel('About you').fill('I keep 12 hives.')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText(`${8_192 - '{"bio":"I keep 12 hives.","theme":"dark"}'.length} bytes left`).waitFor()
  expect(asked.some((url) => url.includes('/v1/me/metadata'))).toBe(true)
})

test('each story shows its user', async () => {
  await open('visitor')
  await page.getByRole('heading', { name: 'Join' }).waitFor()
  await open('pro')
  await page.getByText('Plan: pro').waitFor()
  await page.getByRole('button', { name: 'Theme: dark' }).waitFor()
  await open('slow server')
  await page.getByText('Loading …').waitFor()
  await open('refusing server')
  await page.getByRole('button', { name: 'Theme: light' }).click()
  await page.getByRole('alert').waitFor()
  await page.getByRole('button', { name: 'Theme: light' }).waitFor()
})

test('everyone can use the page, on a desk and in a hand', async () => {
  for (const width of [1_280, 390]) {
    await page.setViewportSize({ width, height: 800 })
    await open('member')
    await page.getByText('Plan: free').waitFor()
    const folder = process.env['SCREENSHOTS']
    if (folder) await page.screenshot({ path: join(folder, `preview-${width}.png`) })
    await page.evaluate(axe.source)
    const { violations } = await page.evaluate<{ violations: { id: string }[] }>('axe.run()')
    expect(violations.map(({ id }) => id)).toEqual([])
  }
})
