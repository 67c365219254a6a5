import { createBackend } from '@acme/backend'
import { createMock } from '@acme/msw/node'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { upgrade } from './upgrade.ts'

const acme = createMock({ users: [{ username: 'ada', unsafeMetadata: { theme: 'dark' } }] })
beforeAll(() => acme.listen())
afterEach(() => acme.reset())
afterAll(() => acme.close())

const backend = createBackend({ secretKey: acme.secretKey, apiUrl: acme.url })

async function upgradeAda() {
  const { data } = await backend.users.getUserList({ username: ['ada'] })
  for (const { id } of data) await upgrade(backend, id)
}

test('an upgrade sets the plan, and keeps what the user chose', async () => {
  await upgradeAda()
  expect(await acme.users.get('ada')).toMatchObject({
    publicMetadata: { plan: 'pro' },
    privateMetadata: { customerId: 'cus_1' },
    unsafeMetadata: { theme: 'dark' },
  })
})

test('a connection that breaks after the write does not upgrade twice', async () => {
  acme.fail({ method: 'PATCH', status: 'truncated', applied: true })
  await upgradeAda()
  expect(await acme.users.get('ada')).toMatchObject({ version: 2 })
})
