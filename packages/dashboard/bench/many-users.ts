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
// frames take while one reads on and while one flings through a hundred pages, and what memory the page has before and after.
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
  const [painted, asked] = await page.evaluate(() => [
    performance.getEntriesByName('first-contentful-paint')[0]?.startTime,
    performance.getEntriesByType('resource').length + 1,
  ])
  console.log(`first paint: ${Math.round(painted ?? Number.NaN)} ms; ${asked} requests until the first row is there`)
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
  const debug = await page.context().newCDPSession(page)
  await debug.send('Performance.enable', { timeDomain: 'threadTicks' })
  /** What the thread of the page has computed so far, in milliseconds. */
  const computed = async () => {
    const { metrics } = await debug.send('Performance.getMetrics')
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1_000
  }
  /** Scrolls through so many rows, so many pixels in each frame; gives how long the frames took. */
  const scroll = (rows: number, step: number) =>
    page.evaluate(
      async ({ rows, step }) => {
        const room = document.querySelector('.users-room') as HTMLElement
        const frames: number[] = []
        let before = performance.now()
        // A row is 40 pixels tall, and of more rows than a browser can stack each is less of the scroll bar.
        for (let at = 0; at < rows * 40; at += step) {
          room.scrollTop += step
          await new Promise(requestAnimationFrame)
          const now = performance.now()
          frames.push(now - before)
          before = now
        }
        return frames
      },
      { rows, step },
    )

  await scroll(10 * 100, 400)
  const atFirst = await memory()
  for (const [what, rows, step] of [
    ['read', 500, 60],
    ['flung', pages * 100, 400],
  ] as const) {
    const before = await computed()
    const frames = (await scroll(rows, step)).sort((a, b) => a - b)
    const each = ((await computed()) - before) / frames.length
    const at = (part: number) => (frames[Math.floor((frames.length - 1) * part)] ?? Number.NaN).toFixed(1)
    console.log(
      `${frames.length} frames ${what} through ${rows} rows, ${step} pixels each: median ${at(0.5)} ms, p95 ${at(0.95)}, ` +
        `p99 ${at(0.99)}, longest ${at(1)}; of the processor ${each.toFixed(1)} ms a frame`,
    )
  }
  await page.waitForTimeout(1_000)
  console.log(`memory of scripts: ${atFirst.toFixed(1)} MB before, ${(await memory()).toFixed(1)} MB after`)
  await page.keyboard.press('Tab')
  await page.locator('.users-room').focus()
  const jump = performance.now()
  await page.keyboard.press('End')
  await page.locator(`[aria-rowindex="${users + 1}"] .users-link`).waitFor()
  console.log(`to the last user: ${Math.round(performance.now() - jump)} ms`)
  await browser.close()
  await server.close()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
