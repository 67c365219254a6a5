import { createMock } from '@acme/msw'
import { expect, test } from 'vitest'
import { createApi } from '../src/create-api.ts'
import { followUsers } from '../src/follow-users.ts'
import { metadata } from '../src/metadata.ts'
import { openUserCopies } from '../src/user-copies.ts'

test('the table follows the users, whatever comes twice', async () => {
  const acme = createMock({ metadata })
  const copies = openUserCopies(':memory:')
  const requests: Request[] = []
  await acme.webhooks.to((request) => {
    requests.push(request.clone())
    return followUsers(request, acme.webhooks.secret, copies)
  })
  const { id } = await acme.users.create({ username: 'ada', publicMetadata: { plan: 'free' } })
  await acme.webhooks.settled()
  expect(copies.list()).toEqual([{ id, plan: 'free', version: 1 }])
  await acme.users.updateMetadata('ada', { publicMetadata: { plan: 'pro' } })
  await acme.webhooks.settled()
  for (const request of requests) await followUsers(request, acme.webhooks.secret, copies)
  expect(copies.list()).toEqual([{ id, plan: 'pro', version: 2 }])
})

test('the API takes them at /webhooks, and nothing that is not signed', async () => {
  const acme = createMock({ metadata })
  const copies = openUserCopies(':memory:')
  const options = { secretKey: acme.secretKey, apiUrl: acme.url, pageOrigin: 'http://127.0.0.1:5173' }
  const api = createApi({ ...options, webhooks: { secret: acme.webhooks.secret, copies } })
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve))
  const { port } = api.address() as { port: number }
  const url = `http://127.0.0.1:${port}/webhooks`
  await acme.webhooks.to(async (request) => {
    return fetch(url, { method: 'POST', headers: request.headers, body: await request.text() })
  })
  const { id } = await acme.users.create({ username: 'ada', publicMetadata: { plan: 'pro' } })
  await acme.webhooks.settled()
  expect(copies.list()).toEqual([{ id, plan: 'pro', version: 1 }])
  expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(400)
  // What is for the demonstration is not there unless asked for.
  expect((await fetch(`http://127.0.0.1:${port}/operators-view`)).status).toBe(404)
  api.close()
  api.closeAllConnections()
})
