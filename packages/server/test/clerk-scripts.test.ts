import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { scaled } from '../../conformance/scaled.ts'
import { type Answer, toResponse } from '../src/http/answer.ts'
import { createClerkScripts } from '../src/node/clerk-scripts.ts'
import { startServer } from '../src/node/start-server.ts'

let home: string
let app: string
const canary = 'only-for-this-machine'

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'acme-clerk-'))
  const clerkJs = join(home, 'node_modules/@clerk/clerk-js')
  await mkdir(join(clerkJs, 'dist/deep'), { recursive: true })
  await writeFile(join(clerkJs, 'package.json'), JSON.stringify({ version: '6.40.0', exports: {}, canary }))
  await writeFile(join(clerkJs, 'secret.js'), canary)
  await writeFile(join(home, '.env'), canary)
  await writeFile(join(clerkJs, 'dist/clerk.browser.js'), 'clerk()')
  await writeFile(join(clerkJs, 'dist/deep/part.css'), 'p {}')
  await writeFile(join(clerkJs, 'dist/types.d.ts'), 'export {}')
  await symlink(join(clerkJs, 'secret.js'), join(clerkJs, 'dist/link.js'))
  // Node looks in the folders above, too.
  app = join(home, 'apps/web')
  await mkdir(app, { recursive: true })
})

afterAll(() => rm(home, { recursive: true }))

async function ask(path: string, init?: RequestInit): Promise<Response | undefined> {
  // Not by an URL, which would take out what is tried here.
  const request = { url: `http://localhost:8787${path}`, method: 'GET', headers: new Headers(), ...init } as Request
  const answer: Promise<Answer> | undefined = createClerkScripts(app)(request)
  return answer && toResponse(await answer)
}

test('serves what is built for pages, for ever by the whole version and until asked again by its start', async () => {
  const exact = await ask('/npm/@clerk/clerk-js@6.40.0/dist/clerk.browser.js')
  expect(exact?.status).toBe(200)
  expect(await exact?.text()).toBe('clerk()')
  expect(exact?.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
  expect(exact?.headers.get('cache-control')).toContain('immutable')
  expect(exact?.headers.get('access-control-allow-origin')).toBe('*')
  const major = await ask('/npm/@clerk/clerk-js@6/dist/deep/part.css?x=1')
  expect(major?.headers.get('content-type')).toBe('text/css; charset=utf-8')
  expect(major?.headers.get('cache-control')).toBe('public, no-cache')
  const etag = `${major?.headers.get('etag')}`
  const again = await ask('/npm/@clerk/clerk-js@6/dist/deep/part.css', {
    headers: new Headers({ 'if-none-match': etag }),
  })
  expect(again?.status).toBe(304)
})

test('says what to install where a package or its version is not there', async () => {
  const missing = await ask('/npm/@clerk/ui@1/dist/ui.browser.js')
  expect(missing?.status).toBe(404)
  expect(await missing?.text()).toContain('npm install --save-dev @clerk/ui@1')
  const other = await ask('/npm/@clerk/clerk-js@5/dist/clerk.browser.js')
  expect(other?.status).toBe(404)
  expect(await other?.text()).toContain('installed as 6.40.0, and 5 is asked for')
  // Not the start of a number.
  expect((await ask('/npm/@clerk/clerk-js@6.4/dist/clerk.browser.js'))?.status).toBe(404)
  expect((await ask('/npm/@clerk/clerk-js@6/dist/types.d.ts'))?.status).toBe(404)
})

test('leaves everything else to others', async () => {
  for (const path of ['/v1/client', '/npm/react@19/dist/x.js', '/npm/@clerk/backend@3/dist/index.js']) {
    expect(await ask(path)).toBeUndefined()
  }
  expect(await ask('/npm/@clerk/clerk-js@6/dist/clerk.browser.js', { method: 'POST' })).toBeUndefined()
})

test('no path leads out of what is built', async () => {
  const part = fc.constantFrom(
    '..',
    '.',
    '%2e%2e',
    '..%2f',
    '%5c',
    '\\',
    '',
    'dist',
    'deep',
    'link.js',
    'secret.js',
    '.env',
  )
  const file = fc.oneof(
    part,
    fc.constantFrom('package.json', 'part.css', 'node_modules', '@clerk', 'clerk-js', 'clerk.browser.js', '\0'),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(file, { minLength: 1, maxLength: 7 }), async (parts) => {
      const reply = await ask(`/npm/@clerk/clerk-js@6/dist/${parts.join('/')}`)
      if (reply?.status === 200) expect(['clerk.browser.js', 'part.css']).toContain(parts.at(-1))
      expect((await reply?.text()) ?? '').not.toContain(canary)
    }),
    { numRuns: scaled(2_000, 200) },
  )
})

test('a test instance serves them from where it is started or is told, a live one where it is told', async () => {
  const path = '/npm/@clerk/clerk-js@6/dist/clerk.browser.js'
  const told = await startServer({ directory: join(home, 'told'), port: 0, clerkPackages: app })
  expect((await fetch(told.url + path)).status).toBe(200)
  const page = await fetch(`${told.url}/sign-in?redirect_url=x`)
  expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
  expect(await page.text()).toContain(path)
  expect((await fetch(`${told.url}/sign-in/../user/x`)).status).toBe(404)
  await told.close()
  const live = await startServer({
    directory: join(home, 'live'),
    port: 0,
    publishableKey: `pk_live_${btoa('accounts.example.com$')}`,
    sendCode: async () => {},
  })
  expect((await fetch(live.url + path)).status).toBe(404)
  expect((await fetch(`${live.url}/sign-in`)).status).not.toBe(200)
  await live.close()
})
