import { verifyWebhook, type WebhookEvent } from '@acme/backend/webhooks'
import { defineMetadata } from '@acme/schema'
import { beforeEach, expect, test } from 'vitest'
import * as z from 'zod'
import { createMock } from '../src/index.ts'

const metadata = defineMetadata({ public: z.object({ plan: z.enum(['free', 'pro']) }) })
const acme = createMock({ metadata, users: [{ username: 'ada', publicMetadata: { plan: 'free' } }] })
beforeEach(() => acme.reset())

test('an app’s own handler is called with signed requests, in order', async () => {
  const events: WebhookEvent<typeof metadata>[] = []
  await acme.webhooks.to(async (request) => {
    events.push(await verifyWebhook(request, { secret: acme.webhooks.secret, metadata }))
    return new Response(null, { status: 204 })
  })
  const { id } = await acme.users.get('ada')
  await acme.users.updateMetadata('ada', { publicMetadata: { plan: 'pro' } })
  await acme.users.create({ username: 'eve', publicMetadata: { plan: 'free' } })
  await acme.webhooks.settled()
  const ofAda = events.find(({ data }) => data.id === id)
  if (ofAda?.type !== 'user.updated') throw new Error('the type is another')
  expect(ofAda.data.publicMetadata.plan).toBe('pro')
  expect(ofAda.changedFields).toEqual(['public_metadata'])
  expect(acme.webhooks.sent.map(({ type, status }) => [type, status]).sort()).toEqual([
    ['user.created', 204],
    ['user.updated', 204],
  ])
})

test('what a handler refuses is sent again when time goes on, under its id', async () => {
  let answers = [500, 200]
  await acme.webhooks.to(() => new Response(null, { status: answers.shift() ?? 200 }), { types: ['user.updated'] })
  await acme.users.updateMetadata('ada', { publicMetadata: { plan: 'pro' } })
  await acme.webhooks.settled()
  await acme.webhooks.settled()
  expect(acme.webhooks.sent.map(({ status }) => status)).toEqual([500])
  acme.advance(5_000)
  await acme.webhooks.settled()
  expect(acme.webhooks.sent.map(({ status }) => status)).toEqual([500, 200])
  expect(new Set(acme.webhooks.sent.map(({ id }) => id)).size).toBe(1)
  answers = []
  acme.reset()
  expect(acme.webhooks.sent).toEqual([])
  await acme.users.updateMetadata('ada', { publicMetadata: { plan: 'pro' } })
  await acme.webhooks.settled()
  expect(acme.webhooks.sent).toEqual([])
})
