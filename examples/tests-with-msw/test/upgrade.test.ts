import { createBackend } from '@acme/backend'
import { createMock } from '@acme/msw/node'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { serverMetadata } from '../src/metadata.server.ts'
import { upgrade } from '../src/upgrade.ts'

const acme = createMock({ metadata: serverMetadata, users: [{ username: 'ada', unsafeMetadata: { bio: 'Analyst' } }] })
beforeAll(() => acme.listen())
afterEach(() => acme.reset())
afterAll(() => acme.close())

test('an upgrade changes the plan and keeps the customer id, however often the connection breaks', async () => {
  const backend = createBackend({ secretKey: acme.secretKey, apiUrl: acme.url, metadata: serverMetadata })
  const { data } = await backend.users.getUserList({ username: ['ada'] })
  // Once unheard, once done but unanswered.
  acme.fail({ method: 'PATCH', status: 'network' })
  acme.fail({ method: 'PATCH', status: 'truncated', applied: true })
  await upgrade(backend, `${data[0]?.id}`, 'cus_1')
  expect(await acme.users.get('ada')).toMatchObject({
    publicMetadata: { plan: 'pro' },
    privateMetadata: { customerId: 'cus_1' },
    unsafeMetadata: { bio: 'Analyst' },
    version: 2,
  })
})
