import { createBackend } from '@acme/backend'
import { createMock } from '@acme/msw/node'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { serverMetadata } from '../server/metadata.server.ts'
import { upgrade } from '../server/upgrade.ts'

const acme = createMock({ metadata: serverMetadata, users: [{ username: 'ada' }] })
beforeAll(() => acme.listen())
afterEach(() => acme.reset())
afterAll(() => acme.close())

test('an upgrade changes the plan and keeps the customer id, though the connection breaks', async () => {
  const backend = createBackend({ secretKey: acme.secretKey, apiUrl: acme.url, metadata: serverMetadata })
  const { id } = (await backend.users.getUserList({ username: ['ada'] })).data[0]!
  acme.fail({ method: 'PATCH', status: 'network' })
  expect(await upgrade(backend, id, 'cus_1')).toBe('pro')
  expect(await acme.users.get('ada')).toMatchObject({
    publicMetadata: { plan: 'pro' },
    privateMetadata: { customerId: 'cus_1' },
  })
})
