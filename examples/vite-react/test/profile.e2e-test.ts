import { mkdtemp, rm } from 'node:fs/promises'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createBackend } from '@acme/backend'
import { canRead, canWrite, kinds, metadataLimit, type Side } from '@acme/schema'
import { type Browser, chromium, type Page } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningExample, startExample } from '../start.ts'

// Real chromium, the real page, the real API, the real server, and a real SQLite file.
let example: RunningExample
let browser: Browser
let directory: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'acme-example-'))
  example = await startExample({ directory, port: 0 })
  browser = await chromium.launch({
    executablePath: `${process.env['CHROMIUM_PATH']}`,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  })
})

afterAll(async () => {
  await browser?.close()
  await example?.close()
  await rm(directory, { recursive: true })
})

const eventStream = 'text/event-stream'

/**
 * Opens the page in a browser of its own, and keeps every byte the page receives, headers included. The operator's view
 * of the demonstration is kept apart: it is the one reply that may hold private metadata.
 */
async function openPage(): Promise<{
  readonly page: Page
  received(): Promise<string>
  viewed(): Promise<string>
}> {
  const context = await browser.newContext()
  const page = await context.newPage()
  const replies: Promise<string>[] = []
  const views: Promise<string>[] = []
  // A stream of events has no end to wait for: what comes of it is noted as it comes.
  const network = await context.newCDPSession(page)
  const note = (data: string) => replies.push(Promise.resolve(Buffer.from(data, 'base64').toString()))
  network.on('Network.dataReceived', ({ data = '' }) => note(data))
  network.on('Network.responseReceived', ({ requestId, response }) => {
    if (response.mimeType !== eventStream) return
    const sent = network.send('Network.streamResourceContent', { requestId })
    sent.then(({ bufferedData }) => note(bufferedData)).catch(() => {})
  })
  await network.send('Network.enable')
  page.on('response', (response) => {
    if (response.headers()['content-type'] === eventStream) return
    const text = response.text().catch(() => '')
    const kept = response.url().startsWith(`${example.apiUrl}/operators-view`) ? views : replies
    // What is still on its way when the page is closed tells nothing more.
    const headers = response.allHeaders().catch(() => ({}))
    kept.push(Promise.all([text, headers]).then(([body, fields]) => body + JSON.stringify(fields)))
  })
  await page.goto(example.pageUrl)
  return {
    page,
    received: async () => (await Promise.all(replies)).join('\n'),
    viewed: async () => (await Promise.all(views)).join('\n'),
  }
}

async function signUp(page: Page, emailAddress: string, referrer: string): Promise<void> {
  await page.getByLabel('E-mail address').fill(emailAddress)
  await page.getByLabel('Password').fill('correct horse battery')
  await page.getByLabel('How did you hear of us?').fill(referrer)
  await page.getByRole('button', { name: 'Sign up', exact: true }).click()
  await page.getByLabel('Code').fill('424242')
  await page.getByRole('button', { name: 'Verify' }).click()
  await page.getByText('Unsafe metadata, yours to edit').waitFor()
}

function backend() {
  return createBackend<unknown>({ secretKey: example.server.secretKey, apiUrl: example.server.url })
}

async function userByEmail(emailAddress: string) {
  const { data } = await backend().users.getUserList({ emailAddress: [emailAddress] })
  const [user] = data
  if (!user) throw new Error('the user is not there')
  return user
}

test('what a sign-up collects is the user’s, edits are kept, and public metadata shows by itself', async () => {
  const { page, received, viewed } = await openPage()
  await signUp(page, 'ada@example.com', 'ad-7')
  expect((await userByEmail('ada@example.com')).unsafeMetadata).toEqual({ referrer: 'ad-7', theme: 'light' })

  await page.getByLabel('Theme').selectOption('dark')
  await page.getByLabel('About you').fill('Analyst 字 😀')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved.').waitFor()
  await page.reload()
  await expect.poll(() => page.getByLabel('About you').inputValue()).toBe('Analyst 字 😀')

  const { id } = await userByEmail('ada@example.com')
  await backend().users.updateUser(id, {
    publicMetadata: { plan: 'pro' },
    privateMetadata: { canaryKey: 'canary-value', paymentCustomerId: 'cus_canary' },
  })
  await expect.poll(() => page.getByTestId('plan').textContent()).toBe('pro')

  await expect.poll(() => page.getByTestId('server-private').textContent()).toContain('cus_canary')
  const everything = await received()
  expect(everything).toContain('ad-7')
  expect(everything).toContain('event: user')
  expect(everything).not.toContain('canaryKey')
  expect(everything).not.toContain('canary-value')
  expect(everything).not.toContain('cus_canary')
  // The same search finds it where the demonstration says that it is.
  expect(await viewed()).toContain('cus_canary')
  await page.context().close()
})

test('an upgrade by the app’s own API shows in two tabs without a reload, and its private part does not', async () => {
  const { page, received } = await openPage()
  await signUp(page, 'bea@example.com', 'a friend')
  const other = await page.context().newPage()
  await other.goto(example.pageUrl)
  await expect.poll(() => other.getByTestId('plan').textContent()).toBe('free')
  await page.getByRole('button', { name: 'Upgrade to pro' }).click()
  for (const tab of [page, other]) await expect.poll(() => tab.getByTestId('plan').textContent()).toBe('pro')
  const user = await userByEmail('bea@example.com')
  const { paymentCustomerId } = user.privateMetadata as { paymentCustomerId: string }
  expect(paymentCustomerId).toMatch(/^cus_/)
  expect(await received()).not.toContain(paymentCustomerId)
  await page.context().close()
})

test('the page counts the bytes and shows why too many are refused', async () => {
  const { page } = await openPage()
  await signUp(page, 'cleo@example.com', 'x')
  await page.getByLabel('About you').fill('字'.repeat(2_800))
  expect(await page.getByTestId('bytes').textContent()).toMatch(new RegExp(`^\\d{4} of ${metadataLimit} bytes used$`))
  await page.getByRole('button', { name: 'Save' }).click()
  await expect.poll(() => page.getByTestId('message').textContent()).toContain(`over the limit of ${metadataLimit}`)
  expect((await userByEmail('cleo@example.com')).unsafeMetadata).toEqual({ referrer: 'x', theme: 'light' })
  await page.context().close()
})

test('two tabs show the same soon after each edit', async () => {
  const { page } = await openPage()
  await signUp(page, 'two-tabs@example.com', 'x')
  const other = await page.context().newPage()
  await other.goto(example.pageUrl)
  await expect.poll(() => other.getByTestId('theme').textContent()).toBe('The theme is light.')
  await page.getByLabel('Theme').selectOption('dark')
  await expect.poll(() => other.getByTestId('theme').textContent()).toBe('The theme is dark.')
  await other.getByLabel('Theme').selectOption('light')
  await expect.poll(() => page.getByTestId('theme').textContent()).toBe('The theme is light.')
  await page.getByRole('button', { name: 'Write unsafe in the page' }).click()
  await expect.poll(() => other.getByTestId('theme').textContent()).toBe('The theme is dark.')
  await other.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign up' }).waitFor()
  await page.context().close()
})

test('every cell of the matrix can be tried by keyboard, and does what the matrix says', async () => {
  const { page } = await openPage()
  const errors: string[] = []
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
  page.on('pageerror', (error) => errors.push(error.message))
  await signUp(page, 'matrix@example.com', 'x')
  const places: Readonly<Record<Side, string>> = { frontend: 'in the page', backend: 'on your server' }
  let refused = 0
  for (const kind of kinds) {
    for (const [side, place] of Object.entries(places) as [Side, string][]) {
      const cell = page.getByRole('group', { name: `${kind}, ${place}` })
      const result = cell.locator('output')
      await page.getByRole('button', { name: `Read ${kind} ${place}` }).press('Enter')
      await expect.poll(() => result.textContent()).toMatch(canRead(side, kind) ? /^✓ Read \{/ : /^✕ undefined/)
      await page.getByRole('button', { name: `Write ${kind} ${place}` }).press('Space')
      if (canWrite(side, kind)) {
        await expect.poll(() => result.textContent()).toMatch(/^✓ Written \{/)
        await expect.poll(() => cell.getAttribute('data-lit')).toBe('true')
      } else {
        refused += 1
        await expect.poll(() => result.textContent()).toMatch(/^✕ ApiError form_param_unknown · /)
      }
    }
  }
  // The browser itself notes a refusal, and nothing else is to be noted.
  expect(errors).toEqual(Array(refused).fill(expect.stringContaining('422')))
  const { privateMetadata, publicMetadata } = await userByEmail('matrix@example.com')
  await expect
    .poll(() => page.getByTestId('server-private').textContent())
    .toBe(JSON.stringify(privateMetadata, null, 1))
  expect(publicMetadata).toEqual({ plan: 'pro' })
  await expect.poll(() => page.getByTestId('plan').textContent()).toBe('pro')
  await page.context().close()
})

test('the theme that is set is the theme of the page, whoever sets it', async () => {
  const { page } = await openPage()
  await signUp(page, 'theme@example.com', 'x')
  const scheme = () => page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)
  await expect.poll(scheme).toBe('light')
  await page.getByLabel('Theme').selectOption('dark')
  await expect.poll(scheme).toBe('dark')
  await page.getByRole('button', { name: 'Write unsafe on your server' }).click()
  await expect.poll(scheme).toBe('light')
  await page.context().close()
})

test('the operator’s view shows nobody but who asks, to this machine alone', async () => {
  const ask = (headers: Record<string, string>) =>
    new Promise((resolve, reject) => {
      const asked = get(`${example.apiUrl}/operators-view`, { headers }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
      asked.on('error', reject)
    })
  expect(await ask({})).toBe(401)
  expect(await ask({ authorization: 'Bearer x.y.z' })).toBe(401)
  expect(await ask({ host: 'rebound.example' })).toBe(404)
})

test('everyone can use the pages, on a desk and in a hand', async () => {
  const { page } = await openPage()
  const check = async () => {
    for (const [width, colorScheme] of [
      [1_280, 'light'],
      [1_280, 'dark'],
      [390, 'light'],
      [390, 'dark'],
    ] as const) {
      await page.setViewportSize({ width, height: 844 })
      await page.emulateMedia({ colorScheme })
      // Once in, the user's own theme is above the machine's.
      await page.evaluate((scheme) => {
        const { dataset } = document.documentElement
        if (dataset['theme']) dataset['theme'] = scheme
      }, colorScheme)
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
      await page.addScriptTag({ path: fileURLToPath(import.meta.resolve('axe-core/axe.min.js')) })
      const violations = await page.evaluate(async () => {
        const { violations } = await (globalThis as unknown as { axe: typeof import('axe-core') }).axe.run()
        return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
      })
      expect(violations).toEqual([])
      if (process.env['SCREENSHOTS']) {
        const title = await page.locator('h2').first().textContent()
        await page.screenshot({
          path: join(process.env['SCREENSHOTS'], `vite-${title}-${width}-${colorScheme}.png`),
          fullPage: true,
        })
      }
    }
  }
  await page.getByRole('heading', { name: 'Sign up' }).waitFor()
  await check()
  await page.getByRole('button', { name: 'Have an account? Sign in' }).click()
  await check()
  await page.getByRole('button', { name: 'New here? Sign up' }).click()
  await signUp(page, 'emil@example.com', 'x')
  for (const place of ['Read private in the page', 'Write public in the page', 'Write public on your server']) {
    await page.getByRole('button', { name: place }).click()
  }
  await page.getByText('form_param_unknown').waitFor()
  await page.getByText('✓ Written').waitFor()
  await check()
  await page.context().close()
})

test('a page that forges requests cannot write public or private metadata', async () => {
  const { page } = await openPage()
  await signUp(page, 'dora@example.com', 'x')
  const before = await userByEmail('dora@example.com')
  const statuses = await page.evaluate(async (server) => {
    const results: [string, number][] = []
    const bodies: Record<string, [string, BodyInit]> = {
      form: ['application/x-www-form-urlencoded', 'FIELD=%7B%22plan%22%3A%22pro%22%7D'],
      json: ['application/json', '{"FIELD":{"plan":"pro"}}'],
      jsonAsText: ['text/plain', '{"FIELD":{"plan":"pro"}}'],
      nested: ['application/json', '{"unsafe_metadata":{},"FIELD":{"plan":"pro"}}'],
    }
    for (const field of ['public_metadata', 'private_metadata', 'publicMetadata']) {
      for (const [name, [type, body]] of Object.entries(bodies)) {
        for (const [path, method] of [
          ['/v1/me', 'PATCH'],
          ['/v1/me/metadata', 'PATCH'],
          ['/v1/me/metadata', 'PUT'],
        ]) {
          for (const tunneled of [true, false]) {
            const url = `${server}${path}${tunneled ? `?_method=${method}` : ''}`
            const response = await fetch(url, {
              method: tunneled ? 'POST' : (method as string),
              credentials: 'include',
              headers: { 'content-type': type },
              body: `${body}`.replaceAll('FIELD', field),
            })
            results.push([`${method} ${path} ${name} ${field} ${tunneled}`, response.status])
          }
        }
        const form = new FormData()
        form.set(field, '{"plan":"pro"}')
        const multipart = await fetch(`${server}/v1/me/metadata?_method=PATCH`, {
          method: 'POST',
          credentials: 'include',
          body: form,
        })
        results.push([`multipart ${field}`, multipart.status])
      }
    }
    return results
  }, example.server.url)
  expect(statuses.length).toBe(84)
  expect(statuses.filter(([, status]) => status < 400 || status >= 500)).toEqual([])
  const after = await userByEmail('dora@example.com')
  expect(after.toJSON({ includePrivate: true })).toEqual(before.toJSON({ includePrivate: true }))
  await page.context().close()
})

test('everything is still there when the server is stopped and started again', async () => {
  const users = await backend().users.getUserList({ limit: 100 })
  await example.close()
  example = await startExample({ directory, port: 0 })
  const again = await backend().users.getUserList({ limit: 100 })
  expect(again).toEqual(users)
  const { page } = await openPage()
  await page.getByRole('button', { name: 'Have an account? Sign in' }).click()
  await page.getByLabel('E-mail address or username').fill('ada@example.com')
  await page.getByLabel('Password').fill('correct horse battery')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect.poll(() => page.getByLabel('Theme').inputValue()).toBe('dark')
  await page.context().close()
})
