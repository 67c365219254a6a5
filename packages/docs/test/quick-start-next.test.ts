import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright'
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { freePort } from '../../tools/src/free-port.ts'
import { pages } from '../src/places.ts'
import { createStranger, ownLines, run, type Stranger, versionsOf } from './stranger.ts'

// What a stranger does who has the tarballs and the page about Next: a fresh app, whose files are the blocks of the page.
let stranger: Stranger
let browser: Browser

/** What `npm create next-app` makes, as far as it matters. */
const scaffold = {
  'next.config.ts': "import type { NextConfig } from 'next'\n\nexport default {} satisfies NextConfig\n",
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      target: 'ES2017',
      lib: ['dom', 'dom.iterable', 'esnext'],
      allowJs: true,
      skipLibCheck: true,
      strict: true,
      noEmit: true,
      esModuleInterop: true,
      module: 'esnext',
      moduleResolution: 'bundler',
      resolveJsonModule: true,
      isolatedModules: true,
      jsx: 'react-jsx',
      // What the page says to set.
      allowImportingTsExtensions: true,
      incremental: true,
      plugins: [{ name: 'next' }],
    },
    include: ['next-env.d.ts', '**/*.ts', '**/*.tsx', '.next/types/**/*.ts'],
    exclude: ['node_modules'],
  }),
}

// Next takes as long to build as a tenth of everything else: at full scale alone.
describe.runIf(inject('scale') === 1)('a fresh app', () => {
  beforeAll(async () => {
    stranger = await createStranger(
      versionsOf(
        'next',
        'react',
        'react-dom',
        'zod',
        'msw',
        'typescript',
        '@types/node',
        '@types/react',
        '@types/react-dom',
      ),
    )
    browser = await chromium.launch({
      executablePath: `${process.env['CHROMIUM_PATH']}`,
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
    })
  })

  afterAll(async () => {
    await browser?.close()
    stranger?.close()
  })

  test('what is typed on both sides is at most fifteen lines of the reader’s own, imports aside', () => {
    const home = stranger.project('next', scaffold)
    const own = (path: string) => ownLines(readFileSync(join(home, path), 'utf8'))
    const making = ['acme.server.ts', 'app/providers.tsx'].flatMap((path) =>
      own(path).filter((line) => /create(Backend|Frontend)\(/.test(line)),
    )
    expect(making).toHaveLength(2)
    expect(readFileSync(join(pages, 'start/next.md'), 'utf8')).toContain('`"allowImportingTsExtensions": true`')
    const setting = 1
    const count = setting + own('metadata.ts').length + own('metadata.server.ts').length + making.length
    process.stdout.write(`Next, typed on both sides: ${count} lines of the reader's own\n`)
    expect(count).toBeLessThanOrEqual(15)
  })

  test.each(['turbopack', 'webpack'])('the app that %s builds is typed, shows, edits and upgrades', async (bundler) => {
    const home = stranger.project('next', scaffold, `next-${bundler}`)
    const port = await freePort()
    const origin = `http://127.0.0.1:${port}`
    const env = { ...stranger.env, APP_ORIGIN: origin, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' }
    const next = join(stranger.folder, 'node_modules/next/dist/bin/next')
    run('node', [next, 'build', `--${bundler}`], home, env)
    void stranger.start(home, env, /never/, next, 'start', '-H', '127.0.0.1', '-p', `${port}`).catch(() => {})
    await vi.waitFor(() => fetch(origin), { timeout: 120_000 })

    const page = await browser.newPage()
    const errors: string[] = []
    page.on('pageerror', (error) => errors.push(`${error}`))
    await page.goto(origin)
    await page.getByText('The plan is free.').waitFor()
    expect(await page.getByRole('button').count()).toBe(0)
    // The page about Next leaves signing up to the one about React.
    const username = `u_${bundler}`
    await page.evaluate(
      async ([url, name]) => {
        const body = new URLSearchParams({
          username: name,
          password: 'correct horse battery',
          unsafe_metadata: '{"theme":"dark"}',
        })
        await fetch(`${url}/v1/client/sign_ups?__clerk_api_version=2026-05-12`, {
          method: 'POST',
          credentials: 'include',
          body,
        })
      },
      [stranger.url, username] as [string, string],
    )
    await page.reload()
    await page.getByRole('button', { name: 'Theme: dark' }).click()
    await page.getByRole('button', { name: 'Theme: light' }).waitFor()
    // By then the page has its cookie, and the server renders for whoever it is of.
    const upgrade = () => page.evaluate(async () => (await fetch('/api/upgrade', { method: 'POST' })).json())
    await expect.poll(upgrade).toEqual({ plan: 'pro' })
    await page.reload()
    await page.getByText('The plan is pro.').waitFor()
    await page.getByText('There is a customer to bill.').waitFor()
    await page.getByRole('button', { name: 'Theme: light' }).waitFor()
    expect(await page.content()).not.toContain('cus_1')
    expect(errors).toEqual([])
    await page.context().close()
  })
})
