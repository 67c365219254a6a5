import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { newName } from '../targets.ts'
import { type Chromium, startChromium } from './browser.ts'
import * as clerk from './drive-clerk.ts'
import { here, type Running, run, runServer } from './run-server.ts'
import { watchPage } from './watch-page.ts'

// Apps as Clerk's quick starts make them, with nothing added but the lines that the server prints for them.
let folder: string
let chromium: Chromium
let lines: string
let site: clerk.ClerkSite
const running: Running[] = []

const started = (program: Running): Running => {
  running.push(program)
  return program
}

beforeAll(async () => {
  // Below the package, so that what it has installed is theirs, too.
  await mkdir(join(here, '.tmp'), { recursive: true })
  folder = await mkdtemp(join(here, '.tmp/clerk-apps-'))
  const data = join(folder, 'data')
  await started(runServer(['--data', data, '--port', '0'])).until(/Ctrl-C stops/)
  lines = await runServer(['--clerk-env', '--data', data]).ended
  site = { origin: /^CLERK_PROXY_URL=(.*)$/m.exec(lines)?.[1] ?? '', readCode: () => '424242' }
  chromium = await startChromium()
})

afterAll(async () => {
  await chromium?.close()
  for (const program of running) program.kill()
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
})

async function makeApp(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const home = join(folder, name)
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(home, path)), { recursive: true })
    await writeFile(join(home, path), text)
  }
  return home
}

test('Clerk’s quick start for Express protects a page, and sends who is not signed in to where they can', async () => {
  const home = await makeApp('express', {
    '.env': lines,
    'index.mjs': `
import { clerkClient, clerkMiddleware, getAuth, requireAuth } from '@clerk/express'
import express from 'express'

const app = express()
app.use(clerkMiddleware())
app.get('/', (request, response) => response.send(getAuth(request).userId ? 'signed in' : 'signed out'))
app.get('/protected', requireAuth(), async (request, response) => {
  const { userId } = getAuth(request)
  const user = await clerkClient.users.getUser(userId)
  response.json({ emailAddress: user.primaryEmailAddress.emailAddress })
})
const server = app.listen(0, 'localhost', () => console.log(\`listens on \${server.address().port}\`))
`,
  })
  const [, port] = await started(run(['--env-file=.env', 'index.mjs'], { cwd: home })).until(/listens on (\d+)/)
  const origin = `http://localhost:${port}`
  const page = await chromium.open(origin)
  const watched = watchPage(page, [origin, site.origin])
  await page.getByText('signed out').waitFor()
  await page.goto(`${origin}/protected`)
  await page.waitForURL(`${site.origin}/sign-in`)
  const emailAddress = `${newName()}@example.com`
  await clerk.signUp(page, site, emailAddress)
  await page.goto(`${origin}/protected`)
  expect(JSON.parse(`${await page.locator('body').textContent()}`)).toEqual({ emailAddress })
  await page.goto(origin)
  await page.getByText('signed in').waitFor()
  // No page of its own has an icon.
  expect(watched.takeRefusals().filter((text) => text !== '404 GET /favicon.ico')).toEqual([])
  await page.context().close()
})

const nextApp = {
  'package.json': JSON.stringify({ private: true }),
  'next.config.ts': "import type { NextConfig } from 'next'\n\nexport default {} satisfies NextConfig\n",
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      target: 'ES2017',
      lib: ['dom', 'dom.iterable', 'esnext'],
      skipLibCheck: true,
      strict: true,
      noEmit: true,
      esModuleInterop: true,
      module: 'esnext',
      moduleResolution: 'bundler',
      resolveJsonModule: true,
      isolatedModules: true,
      jsx: 'react-jsx',
      plugins: [{ name: 'next' }],
    },
    include: ['next-env.d.ts', '**/*.ts', '**/*.tsx', '.next/types/**/*.ts'],
    exclude: ['node_modules'],
  }),
  'proxy.ts': `
import { clerkMiddleware } from '@clerk/nextjs/server'

export default clerkMiddleware()

export const config = { matcher: ['/((?!_next|.*\\\\..*).*)', '/(api|trpc)(.*)'] }
`,
  'app/layout.tsx': `
import { ClerkProvider, Show, SignInButton, SignUpButton, UserButton } from '@clerk/nextjs'
import type { ReactNode } from 'react'

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <head><link rel="icon" href="data:," /></head>
      <body>
        <ClerkProvider>
          <header>
            <Show when="signed-out">
              <SignInButton />
              <SignUpButton />
            </Show>
            <Show when="signed-in">
              <UserButton />
            </Show>
          </header>
          {children}
        </ClerkProvider>
      </body>
    </html>
  )
}
`,
  'app/page.tsx': `
import { currentUser } from '@clerk/nextjs/server'

export default async function Page() {
  const user = await currentUser()
  return <main>{user ? 'Hello ' + user.primaryEmailAddress?.emailAddress : 'Hello stranger'}</main>
}
`,
  'app/protected/page.tsx': `
import { auth } from '@clerk/nextjs/server'

export default async function Page() {
  const { userId } = await auth.protect()
  return <main>For {userId} alone</main>
}
`,
}

// Next takes as long to build as a tenth of everything else: at full scale alone.
test.runIf(inject('scale') === 1)('Clerk’s quick start for Next signs up, shows, protects and signs out', async () => {
  const home = await makeApp('next', { ...nextApp, '.env.local': lines })
  const next = join(here, 'node_modules/next/dist/bin/next')
  const env = { NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' }
  const built = await run([next, 'build', '--webpack'], { cwd: home, env }).ended
  expect(built).toContain('/protected')
  const app = started(run([next, 'start', '-H', 'localhost', '-p', '0'], { cwd: home, env }))
  const [origin] = await app.until(/http:\/\/localhost:\d+/)
  await app.until(/Ready/)
  const page = await chromium.open(origin)
  const watched = watchPage(page, [origin, site.origin])
  await page.getByText('Hello stranger').waitFor()
  await page.getByRole('button', { name: 'Sign up' }).click()
  await page.waitForURL(/\/sign-up/)
  const emailAddress = `${newName()}@example.com`
  await page.getByLabel('Email address').fill(emailAddress)
  await page.getByRole('button', { name: 'Continue', exact: true }).click()
  await page.getByRole('textbox', { name: /code/i }).waitFor()
  await clerk.sayCode(page, '424242')
  // Back to where it came from, rendered by the server for who has signed up.
  await page.waitForURL(`${origin}/`)
  await page.getByText(`Hello ${emailAddress}`).waitFor()
  await page.goto(`${origin}/protected`)
  await page.getByText(/^For user_\w+ alone$/).waitFor()
  await page.locator('.cl-userButtonTrigger').click()
  await page.getByRole('button', { name: 'Manage account' }).click()
  await page.getByRole('dialog').getByText('Profile details').waitFor()
  await page.goto(origin)
  await page.locator('.cl-userButtonTrigger').click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByText('Hello stranger').waitFor()
  await page.goto(`${origin}/protected`)
  await page.waitForURL(/\/sign-in/)
  expect(watched.takeRefusals()).toEqual([])
  await page.context().close()
})
