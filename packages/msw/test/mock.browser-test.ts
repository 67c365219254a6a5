import { createFrontend } from '@acme/frontend'
import { NetworkError, TimeoutError } from '@acme/schema'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createMock } from '../src/browser.ts'

interface Metadata {
  public: { plan: 'free' | 'pro' }
  unsafe: { theme?: 'light' | 'dark' }
}

const acme = createMock<Metadata>({
  users: [
    { username: 'ada', publicMetadata: { plan: 'pro' } },
    { username: 'bea', password: 'correct horse battery' },
  ],
})
beforeAll(() => acme.start())
afterEach(() => acme.reset())
afterAll(() => acme.stop())

async function load() {
  const page = createFrontend<Metadata>({ publishableKey: acme.publishableKey })
  await page.load()
  return page
}

test('the page is signed in without any form, and stays so when it makes another frontend', async () => {
  await acme.signInAs('ada')
  const page = await load()
  expect(page.user?.publicMetadata.plan).toBe('pro')
  await page.user?.update({ unsafeMetadata: { theme: 'dark' } })
  expect((await load()).user?.unsafeMetadata).toEqual({ theme: 'dark' })
  expect((await acme.users.get('ada')).unsafeMetadata).toEqual({ theme: 'dark' })
  await page.signOut()
  expect((await load()).user).toBeNull()
  await page.signIn.create({ identifier: 'bea', password: 'correct horse battery' })
  expect((await load()).user?.username).toBe('bea')
  expect(document.cookie).toBe('')
})

test.each([
  ['network', NetworkError],
  ['timeout', TimeoutError],
  ['truncated', NetworkError],
] as const)('an answer fails by %s', async (status, Class) => {
  await acme.signInAs('ada')
  const page = await load()
  acme.fail({ path: '/v1/me', status, times: 9 })
  // Where an answer comes, it may take its time on a busy machine.
  const waits = status === 'timeout' ? { timeout: 300, totalTimeout: 2_000 } : {}
  await expect(page.user?.reload(waits)).rejects.toBeInstanceOf(Class)
})

test('an answer fails by its status', async () => {
  await acme.signInAs('ada')
  const page = await load()
  acme.fail({ method: 'PATCH', status: 429, retryAfter: 3_600 })
  const update = page.user?.update({ unsafeMetadata: { theme: 'dark' } })
  await expect(update).rejects.toMatchObject({ status: 429, retryAfter: 3_600 })
  expect(acme.requests.at(-1)).toMatchObject({ method: 'PATCH', path: '/v1/me', status: undefined })
})
