import { createMock } from '@acme/msw/node'
import { createClerkClient } from '@clerk/backend'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'

// What an app that is built on Clerk's SDK writes to test it.
const mock = createMock({ users: [{ username: 'ada', privateMetadata: { customer: 'cus_1' } }] })
beforeAll(() => mock.listen())
afterEach(() => mock.reset())
afterAll(() => mock.close())

const { secretKey, publishableKey, url: apiUrl } = mock
const clerk = createClerkClient({ secretKey, publishableKey, apiUrl, telemetry: { disabled: true } })

test('@clerk/backend reads and writes the users of a mock, by the rules of the server', async () => {
  const [ada] = (await clerk.users.getUserList({ username: ['ada'] })).data
  if (!ada) throw new Error('she is not there')
  expect(ada.privateMetadata).toEqual({ customer: 'cus_1' })
  await clerk.users.updateUserMetadata(ada.id, { publicMetadata: { plan: 'pro' }, privateMetadata: { customer: null } })
  expect(await mock.users.get('ada')).toMatchObject({ publicMetadata: { plan: 'pro' }, privateMetadata: {} })
  const tooMuch = clerk.users.updateUserMetadata(ada.id, { publicMetadata: { bio: 'x'.repeat(9_000) } })
  await expect(tooMuch).rejects.toMatchObject({ status: 422, errors: [{ code: 'form_param_exceeds_allowed_size' }] })
})

test('@clerk/backend meets the faults that a test asks for', async () => {
  mock.fail({ path: '/v1/users/count', status: 429, retryAfter: 7 })
  await expect(clerk.users.getCount()).rejects.toMatchObject({ status: 429, retryAfter: 7 })
  expect(await clerk.users.getCount()).toBe(1)
})
