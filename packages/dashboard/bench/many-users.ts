import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { formatPublishableKey } from '@acme/schema'
import { createPbkdf2Passwords, createServer } from '@acme/server'
import { startServer } from '@acme/server/node'
import { createSqliteStorage } from '@acme/server/sqlite'
import { chromium } from 'playwright'
import { findChromium } from '../../tools/src/find-chromium.ts'
import buildDashboard from '../test/build-dashboard.ts'

// What the table of users is like with so many of them (the first argument): when the first row is painted, how long the
// frames take while one scrolls through a hundred pages, and what memory the page has before and after.
const users = Number(process.argv[2] ?? 100_000)
const pages = 100
const secretKey = 'sk_test_0123456789'
const publishableKey = formatPublishableKey({ instanceType: 'test', host: '127.0.0.1:8791' })
const folder = mkdtempSync(join(tmpdir(), 'acme-bench-'))

try {
  await buildDashboard()
  const database = new DatabaseSync(join(folder, 'acme.db'))
  const filled = await createServer({
    storage: createSqliteStorage({ database }),
    publishableKey,
    secretKeys: [secretKey],
    passwords: createPbkdf2Passwords({ iterations: 1 }),
  })
  const batch = 2_000
  const start = performance.now()
  for (let at = 0; at < users; at += batch) {
    const some = Array.from({ length: Math.min(batch, users - at) }, (_, index) => ({
      first_name: 'Ada',
      last_name: `Number ${at + index}`,
      email_address: [`user_${at + index}@example.com`],
      public_metadata: { plan: 'free', filler: 'x'.repeat(200) },
    }))
    await filled.createUsers(some)
  }
  await filled.close()
  console.log(`${users} users were made in ${Math.round((performance.now() - start) / 1_000)} s`)

  const server = await startServer({ directory: folder, port: 8791, secretKey, publishableKey })
  const browser = await chromium.launch({
    executablePath: `${findChromium()}`,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--js-flags=--expose-gc',
      '--enable-precise-memory-info',
    ],
  })
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  await page.goto(`${server.url}/dashboard/keys`)
  await page.getByLabel('Secret key').fill(secretKey)
  await page.keyboard.press('Enter')
  await page.locator('.view h1').waitFor()

  const times: number[] = []
  for (let round = 0; round < 5; round++) {
    await page.goto(`${server.url}/dashboard/users`, { waitUntil: 'commit' })
    await page.waitForFunction(() => document.querySelector('.users-link'))
    times.push(await page.evaluate(() => performance.now()))
  }
  console.log(`first row: ${times.map((time) => `${Math.round(time)} ms`).join(', ')} after the address was opened`)
  await page.waitForFunction(
    (count) => document.querySelector('[role=grid]')?.getAttribute('aria-rowcount') === `${count + 1}`,
    users,
  )

  const memory = () =>
    page.evaluate(() => {
      ;(globalThis as unknown as { gc(): void }).gc()
      return (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize / 1e6
    })
  const scroll = (rows: number) =>
    page.evaluate(async (rows) => {
      const room = document.querySelector('.users-room') as HTMLElement
      const frames: number[] = []
      let before = performance.now()
      const goal = room.scrollTop + rows * 40
      while (room.scrollTop < goal - 1) {
        const at = room.scrollTop
        room.scrollTop = at + 400
        await new Promise(requestAnimationFrame)
        const now = performance.now()
        frames.push(now - before)
        before = now
        if (room.scrollTop === at) break
      }
      return frames
    }, rows)

  await scroll(10 * 100)
  const atFirst = await memory()
  const frames = (await scroll(pages * 100)).sort((a, b) => a - b)
  await page.waitForTimeout(1_000)
  const at = (part: number) => (frames[Math.floor((frames.length - 1) * part)] ?? Number.NaN).toFixed(1)
  console.log(
    `${frames.length} frames over ${pages} pages of 100: median ${at(0.5)} ms, p95 ${at(0.95)}, p99 ${at(0.99)}, longest ${at(1)}`,
  )
  console.log(`memory of scripts: ${atFirst.toFixed(1)} MB before, ${(await memory()).toFixed(1)} MB after`)
  await page.keyboard.press('Tab')
  await page.locator('.users-room').focus()
  const jump = performance.now()
  await page.keyboard.press('End')
  await page.getByRole('link', { name: 'Number 0', exact: false }).last().waitFor()
  console.log(`to the last user: ${Math.round(performance.now() - jump)} ms`)
  await browser.close()
  await server.close()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
