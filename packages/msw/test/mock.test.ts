import { createBackend } from '@acme/backend'
import { createFrontend, type Frontend } from '@acme/frontend'
import { liveUpdates } from '@acme/frontend/live'
import { defineMetadata, formatPublishableKey, NetworkError, TimeoutError } from '@acme/schema'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import * as z from 'zod'
import { createMock } from '../src/node.ts'

const metadata = defineMetadata({
  public: z.object({ plan: z.enum(['free', 'pro']).default('free') }),
  unsafe: z.object({ theme: z.enum(['light', 'dark']).optional() }),
}).withPrivate(z.object({ customer: z.string().optional() }))

const acme = createMock({
  metadata,
  users: [
    {
      username: 'ada',
      emailAddress: ['ada@example.com'],
      publicMetadata: { plan: 'pro' },
      privateMetadata: { customer: 'cus_1' },
    },
    { username: 'bea', password: 'correct horse battery' },
  ],
})
beforeAll(() => acme.listen({ onUnhandledRequest: 'error', onUnhandledFrame: 'error' } as object))
afterEach(() => acme.reset())
afterAll(() => acme.close())

// As an app has it in a page: nothing here knows that there are no cookies.
async function openPage(): Promise<Frontend<typeof metadata>> {
  const page = createFrontend({ publishableKey: acme.publishableKey, metadata })
  await page.load()
  return page
}
const backend = () => createBackend({ secretKey: acme.secretKey, apiUrl: acme.url, metadata })

describe('users', () => {
  test('those it was made with are there, found by id, username and e-mail address, private metadata included', async () => {
    const ada = await acme.users.get('ada')
    expect(ada).toMatchObject({ publicMetadata: { plan: 'pro' }, privateMetadata: { customer: 'cus_1' } })
    expect(await acme.users.get(ada.id)).toEqual(ada)
    expect(await acme.users.get('ada@example.com')).toEqual(ada)
    expect((await backend().users.getUser(ada.id)).privateMetadata).toEqual({ customer: 'cus_1' })
    expect((await acme.users.get('bea')).publicMetadata).toEqual({ plan: 'free' })
  })

  test('more are created by the rules of the server and of the schemas', async () => {
    const cleo = await acme.users.create({ username: 'cleo', unsafeMetadata: { theme: 'dark' } })
    expect(await acme.users.get('cleo')).toEqual(cleo)
    await expect(acme.users.create({ username: 'cleo' })).rejects.toMatchObject({ code: 'form_identifier_exists' })
    const junk = { username: 'dan', publicMetadata: { plan: 'gold' as never } }
    await expect(acme.users.create(junk)).rejects.toMatchObject({ kind: 'public', issues: [{ path: ['plan'] }] })
    await expect(acme.users.get('dan')).rejects.toMatchObject({ code: 'resource_not_found' })
  })
})

describe('what the app’s server does', () => {
  test('metadata is merged by the rules of the server and of the schemas', async () => {
    const ada = await acme.users.updateMetadata('ada', {
      privateMetadata: { customer: null },
      unsafeMetadata: { theme: 'dark' },
    })
    expect(ada).toMatchObject({
      publicMetadata: { plan: 'pro' },
      privateMetadata: {},
      unsafeMetadata: { theme: 'dark' },
    })
    expect(await acme.users.get('ada')).toEqual(ada)
    const junk = { publicMetadata: { plan: 'gold' as never } }
    await expect(acme.users.updateMetadata('ada', junk)).rejects.toMatchObject({ kind: 'public' })
    await expect(acme.users.updateMetadata('nobody', {})).rejects.toMatchObject({ code: 'resource_not_found' })
    expect(await acme.users.get('ada')).toEqual(ada)
  })
})

describe('the page under test', () => {
  test('is signed in without any form, and out again', async () => {
    await acme.signInAs('ada')
    const page = await openPage()
    expect(page.user?.publicMetadata).toEqual({ plan: 'pro' })
    await page.user?.update({ unsafeMetadata: { theme: 'dark' } })
    expect((await acme.users.get('ada')).unsafeMetadata).toEqual({ theme: 'dark' })
    await page.signOut()
    expect(page.user).toBeNull()
    expect((await openPage()).user).toBeNull()
    await acme.signInAs(await acme.users.get('bea'))
    expect((await openPage()).user?.username).toBe('bea')
    acme.forgetPage()
    expect((await openPage()).user).toBeNull()
    await expect(acme.signInAs('nobody')).rejects.toMatchObject({ code: 'resource_not_found' })
  })

  test('signs up and in by its own forms, and stays signed in when it is loaded again', async () => {
    const page = await openPage()
    await page.signUp.create({ emailAddress: 'new@example.com', unsafeMetadata: { theme: 'light' } })
    await page.signUp.prepareVerification()
    await page.signUp.attemptVerification({ code: '424242' })
    expect((await openPage()).user?.unsafeMetadata).toEqual({ theme: 'light' })
    acme.forgetPage()
    const other = await openPage()
    await other.signIn.create({ identifier: 'bea', password: 'correct horse battery' })
    expect((await openPage()).user?.username).toBe('bea')
  })

  test('is kept current where it is live, and signed out by a reset', async () => {
    await acme.signInAs('ada')
    const page = createFrontend({ publishableKey: acme.publishableKey, metadata, live: liveUpdates })
    onTestFinished(page.subscribe(() => {}))
    await page.load()
    for (const theme of ['dark', 'light'] as const) {
      await acme.users.updateMetadata('ada', { unsafeMetadata: { theme }, privateMetadata: { customer: 'cus_2' } })
      await expect.poll(() => page.user?.unsafeMetadata).toEqual({ theme })
    }
    acme.reset()
    await expect.poll(() => page.session).toBeNull()
  })

  test('is known by its cookie where the environment keeps cookies and sends an Origin', async () => {
    await acme.signInAs('ada')
    const answer = await fetch(`${acme.url}/v1/me`, { headers: { origin: 'http://localhost:3000' } })
    expect((await answer.json()).response.username).toBe('ada')
    expect(answer.headers.get('access-control-allow-origin')).toBe('http://localhost:3000')
    const evil = await fetch(`${acme.url}/v1/me/metadata?_method=PATCH`, {
      method: 'POST',
      headers: { origin: 'https://evil.example' },
      body: new URLSearchParams({ unsafe_metadata: '{}' }),
    })
    expect(evil.status).toBe(400)
  })

  test('never sees its token', async () => {
    await acme.signInAs('ada')
    const answer = await fetch(`${acme.url}/v1/client`)
    expect(answer.headers.get('authorization')).toBeNull()
  })
})

test('what was asked is told, its passwords and secrets masked', async () => {
  const page = await openPage()
  await page.signIn.create({ identifier: 'bea', password: 'correct horse battery' })
  await page.user?.updateMetadata({ unsafeMetadata: { theme: 'dark' } })
  await backend().users.getUserList({ username: ['bea'] })
  expect(acme.requests).toMatchObject([
    { method: 'GET', path: '/v1/client', status: 200, body: undefined },
    { method: 'POST', path: '/v1/client/sign_ins', body: { identifier: 'bea', password: '***' }, status: 200 },
    { method: 'PATCH', path: '/v1/me/metadata', body: { unsafe_metadata: { theme: 'dark' } }, status: 200 },
    { method: 'GET', path: '/v1/users', query: { username: 'bea' }, status: 200 },
    { method: 'GET', path: '/v1/users/count', status: 200 },
  ])
  expect(JSON.stringify(acme.requests)).not.toMatch(/correct horse|sk_test/)
})

test('the clock goes forward: sessions run out', async () => {
  await acme.signInAs('ada')
  expect((await openPage()).user).not.toBeNull()
  acme.advance(8 * 86_400_000)
  expect((await openPage()).user).toBeNull()
})

describe('faults', () => {
  test('a status, as often as asked, with its Retry-After', async () => {
    await acme.signInAs('ada')
    const page = await openPage()
    acme.fail({ method: 'PATCH', path: '/v1/me/metadata', status: 429, retryAfter: 3_600 })
    const refused = page.user?.updateMetadata({ unsafeMetadata: { theme: 'dark' } })
    await expect(refused).rejects.toMatchObject({ code: 'mock_failure', status: 429, retryAfter: 3_600 })
    await page.user?.updateMetadata({ unsafeMetadata: { theme: 'dark' } })
    acme.fail({ path: /^\/v1\/me/, status: 503, times: 2 })
    expect((await page.user?.reload())?.unsafeMetadata).toEqual({ theme: 'dark' })
    expect(acme.requests.filter(({ path }) => path === '/v1/me')).toHaveLength(3)
  })

  test.each([
    ['network', NetworkError],
    ['timeout', TimeoutError],
    ['truncated', NetworkError],
  ] as const)('%s', async (status, Class) => {
    await acme.signInAs('ada')
    const page = await openPage()
    acme.fail({ path: '/v1/me', status, times: 9 })
    // Where an answer comes, it may take its time on a busy machine.
    const waits = status === 'timeout' ? { timeout: 300, totalTimeout: 2_000 } : {}
    await expect(page.user?.reload(waits)).rejects.toBeInstanceOf(Class)
    acme.reset()
    await acme.signInAs('ada')
    expect((await openPage()).user?.username).toBe('ada')
  })

  test('an answer that is lost after the server did what it was asked is not done twice', async () => {
    await acme.signInAs('ada')
    const page = await openPage()
    acme.fail({ method: 'PATCH', status: 'network', applied: true })
    const user = await page.user?.update({ unsafeMetadata: { theme: 'dark' } })
    expect(user?.version).toBe(2)
    expect(acme.requests.filter(({ method }) => method === 'PATCH')).toHaveLength(2)
  })

  test('an answer that takes its time', async () => {
    acme.delay(120)
    const begun = Date.now()
    await openPage()
    expect(Date.now() - begun).toBeGreaterThanOrEqual(100)
  })
})

test('a reset forgets everything but the users it was made with', async () => {
  await acme.signInAs('ada')
  const page = await openPage()
  await page.user?.update({ unsafeMetadata: { theme: 'dark' } })
  acme.fail({ status: 500 })
  acme.delay(50)
  acme.reset()
  expect(acme.requests).toEqual([])
  expect((await openPage()).user).toBeNull()
  expect((await acme.users.get('ada')).unsafeMetadata).toEqual({})
})

describe.concurrent('tests at the same time', () => {
  for (const theme of ['light', 'dark', 'light', 'dark'] as const) {
    test(
      `each have a mock of their own (${theme})`,
      acme.boundary(async (own) => {
        await own.signInAs('ada')
        const page = await openPage()
        expect(page.user?.version).toBe(1)
        await new Promise((resolve) => setTimeout(resolve, 20))
        await page.user?.update({ unsafeMetadata: { theme } })
        await new Promise((resolve) => setTimeout(resolve, 20))
        expect(await own.users.get('ada')).toMatchObject({ version: 2, unsafeMetadata: { theme } })
        expect(own.requests.map(({ method }) => method)).toEqual(['GET', 'PATCH'])
      }),
    )
  }
})

test('an app’s own keys and hosts are answered', async () => {
  const publishableKey = formatPublishableKey({ instanceType: 'live', host: 'accounts.example.com' })
  const own = createMock({ publishableKey, secretKey: 'sk_live_of_the_app', url: 'https://api.example.com' })
  acme.server.use(...own.handlers)
  const { users } = createBackend<unknown>({ secretKey: 'sk_live_of_the_app', apiUrl: 'https://api.example.com' })
  const { id } = await users.createUser({ username: 'eve' })
  await own.signInAs(id)
  const page = createFrontend<unknown>({ publishableKey })
  await page.load()
  expect(page.user?.username).toBe('eve')
  acme.server.resetHandlers()
  expect(() => createMock({ publishableKey: 'pk_test_x' })).toThrow(
    expect.objectContaining({ code: 'publishable_key_invalid' }),
  )
})
