import { formatPublishableKey } from '@acme/schema'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createFrontend } from '../src/index.ts'

const publishableKey = formatPublishableKey({ instanceType: 'test', host: 'clerk.example.com' })

const user = (version: number, theme = 'light') => ({
  id: 'user_1',
  object: 'user',
  username: 'ada',
  public_metadata: { deep: { list: [1] } },
  unsafe_metadata: { theme },
  // What a server must not send; were it sent, it would not show.
  private_metadata: { canary: 1 },
  created_at: 1,
  updated_at: version,
  version,
})
const client = (current: object) => ({
  id: 'client_1',
  last_active_session_id: 'sess_1',
  sessions: [
    { id: 'sess_0', status: 'ended', user: user(9) },
    { id: 'sess_1', status: 'active', expire_at: 5_000, user: current },
  ],
})

type Answer = (request: Request) => object | Promise<object>

/** A frontend on a server that is a function of the test. */
function observed(answer: Answer) {
  const requests: Request[] = []
  const frontend = createFrontend<unknown>({
    publishableKey,
    fetch: async (request) => {
      requests.push(request.clone())
      return new Response(JSON.stringify(await answer(request)), { headers: { 'acme-version': '0.1.0' } })
    },
  })
  return { frontend, requests }
}

test('nothing is known until it is loaded, and loading happens once', async () => {
  const { frontend, requests } = observed(() => ({ response: client(user(1)), client: null }))
  expect(frontend).toMatchObject({ isLoaded: false, user: null, session: null })
  expect(frontend.signUp.status).toBeNull()
  await Promise.all([frontend.load(), frontend.load()])
  await frontend.load()
  expect(requests).toHaveLength(1)
  expect(frontend).toMatchObject({
    isLoaded: true,
    user: { id: 'user_1', username: 'ada', version: 1 },
    session: { id: 'sess_1' },
  })
})

test('a load that failed is tried again by the next', async () => {
  let isBroken = true
  const { frontend } = observed(() => {
    if (isBroken) throw new RangeError('broken')
    return { response: client(user(1)) }
  })
  await expect(frontend.load()).rejects.toMatchObject({ code: 'network_error' })
  isBroken = false
  await frontend.load()
  expect(frontend.user?.id).toBe('user_1')
})

test('the user cannot be changed in place, and shows no trace of private metadata', async () => {
  const { frontend } = observed(() => ({ response: client(user(1)) }))
  await frontend.load()
  const current = frontend.user as unknown as Record<string, { deep: { list: number[] } }>
  expect(() => current['publicMetadata']?.deep.list.push(2)).toThrow(TypeError)
  expect(() => Object.assign(current, { username: 'eve' })).toThrow(TypeError)
  expect(JSON.stringify(current) + Object.keys(current)).not.toMatch(/private|canary/)
})

test('a change makes another user and tells who listens; the same answer again does not', async () => {
  let stored = user(1)
  const { frontend } = observed((request) => ({
    response: request.url.includes('/me') ? stored : client(stored),
    client: null,
  }))
  await frontend.load()
  const before = frontend.user
  let calls = 0
  const stop = frontend.subscribe(() => calls++)
  const snapshot = frontend.getSnapshot()
  await before?.reload()
  expect([calls, frontend.user === before, frontend.getSnapshot() === snapshot]).toEqual([0, true, true])
  stored = user(2, 'dark')
  const after = await before?.reload()
  expect(after).toBe(frontend.user)
  expect([calls, frontend.user === before, after?.unsafeMetadata]).toEqual([1, false, { theme: 'dark' }])
  expect(before?.unsafeMetadata).toEqual({ theme: 'light' })
  stop()
  stored = user(3)
  await after?.reload()
  expect(calls).toBe(1)
})

test('an older answer that arrives late does not overwrite a newer one', async () => {
  const late = Promise.withResolvers<void>()
  const { frontend } = observed(async (request) => {
    if (!request.url.includes('/me')) return { response: client(user(1)) }
    if (request.method === 'GET') {
      await late.promise
      return { response: user(2, 'old') }
    }
    return { response: user(3, 'new') }
  })
  await frontend.load()
  const slow = frontend.user?.reload()
  await frontend.user?.update({ unsafeMetadata: { theme: 'new' } })
  late.resolve()
  await slow
  expect(frontend.user?.unsafeMetadata).toEqual({ theme: 'new' })
})

test('requests are simple ones: forms, the method in the query, no header that asks for a preflight', async () => {
  const { frontend, requests } = observed((request) => ({
    response: request.url.includes('/me') ? user(2) : client(user(1)),
  }))
  await frontend.load()
  await frontend.user?.update({ unsafeMetadata: { a: { B: [1] } }, firstName: null, lastName: undefined })
  await frontend.user?.updateMetadata({ unsafeMetadata: { a: null } }, { ifMatch: 2 })
  const [load, update, merge] = requests as [Request, Request, Request]
  expect(load.url).toBe('https://clerk.example.com/v1/client?__clerk_api_version=2026-05-12')
  expect(load.credentials).toBe('include')
  for (const request of [update, merge]) {
    expect([...request.headers.keys()]).toEqual(['content-type'])
    expect(request.headers.get('content-type')).toMatch(/^application\/x-www-form-urlencoded/)
  }
  expect(update.method).toBe('POST')
  const query = new URL(update.url).searchParams
  expect(query.get('_method')).toBe('PATCH')
  expect(query.get('_clerk_session_id')).toBe('sess_1')
  expect(query.get('__clerk_api_version')).toBe('2025-11-10')
  expect([...new URLSearchParams(await update.text())]).toEqual([
    ['unsafe_metadata', '{"a":{"B":[1]}}'],
    ['first_name', ''],
  ])
  expect(new URL(merge.url).pathname).toBe('/v1/me/metadata')
  expect(new URL(merge.url).searchParams.get('acme_if_match')).toBe('2')
  expect(new URL(merge.url).searchParams.get('acme_idempotency_key')).not.toBe(query.get('acme_idempotency_key'))
})

test('a session token is fetched once for those who ask together, and again when it failed', async () => {
  let fails = false
  const { frontend, requests } = observed((request) => {
    if (!request.url.includes('/tokens')) return { response: client(user(1)) }
    if (fails) throw new RangeError('broken')
    return { jwt: 'token' }
  })
  await frontend.load()
  fails = true
  await expect(frontend.session?.getToken()).rejects.toMatchObject({ code: 'network_error' })
  fails = false
  const before = requests.length
  expect(await Promise.all([frontend.session?.getToken(), frontend.session?.getToken()])).toEqual(['token', 'token'])
  expect(requests.length - before).toBe(1)
})

test('each template has a token of its own, which is renewed after 20 seconds', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  let made = 0
  const { frontend, requests } = observed(({ url }) =>
    url.includes('/tokens') ? { jwt: `${++made}` } : { response: client({ ...user(1), version: undefined }) },
  )
  await frontend.load()
  const get = (template?: string) => frontend.session?.getToken({ template })
  expect(await Promise.all([get(), get('a'), get('b/c'), get('a'), get('')])).toEqual(['1', '2', '3', '2', '1'])
  expect(requests.slice(1).map(({ url }) => new URL(url).pathname)).toEqual([
    '/v1/client/sessions/sess_1/tokens',
    '/v1/client/sessions/sess_1/tokens/a',
    '/v1/client/sessions/sess_1/tokens/b%2Fc',
  ])
  vi.setSystemTime(Date.now() + 20_001)
  expect(await Promise.all([get(), get('a'), get('a')])).toEqual(['1', '4', '4'])
  vi.setSystemTime(Date.now() + 30_000)
  expect(await get()).toBe('5')
})

test('a secret key is refused, and not repeated', () => {
  const create = () => createFrontend({ publishableKey: 'sk_test_canary' })
  expect(create).toThrow(expect.objectContaining({ code: 'publishable_key_invalid' }))
  expect(create).not.toThrow('canary')
})
