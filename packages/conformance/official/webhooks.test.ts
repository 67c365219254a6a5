import { verifyWebhook } from '@acme/backend/webhooks'
import { defineMetadata, isAcmeError } from '@acme/schema'
import { createServer } from '@acme/server'
import { createMemoryStorage } from '@acme/server/memory'
import { verifyWebhook as verifyByClerk } from '@clerk/backend/webhooks'
import { Webhook as StandardWebhook } from 'standardwebhooks'
import { Webhook as SvixWebhook } from 'svix'
import { beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { createCanary } from '../canary.ts'

const metadata = defineMetadata({
  public: z.object({ plan: z.enum(['free', 'pro']).default('free') }),
}).withPrivate(z.object({ customer: z.string().optional() }))

const canary = createCanary()
const url = 'http://127.0.0.1:8787'
const secretKey = 'sk_test_0123456789'
const publishableKey = 'pk_test_MTI3LjAuMC4xOjg3ODck'

/** A request that was sent, to be made anew for each judge. */
interface Sent {
  readonly headers: Record<string, string>
  readonly body: string
}

const sent: { readonly open: Sent[]; readonly closed: Sent[] } = { open: [], closed: [] }
const secrets: Record<keyof typeof sent, string> = { open: '', closed: '' }
let before = ''

const requestOf = ({ headers, body }: Sent, changes: Record<string, string> = {}) =>
  new Request('https://app.example/hooks', { method: 'POST', headers: { ...headers, ...changes }, body })

beforeAll(async () => {
  const server = await createServer({
    storage: createMemoryStorage(),
    publishableKey,
    secretKeys: [secretKey],
    rateLimit: false,
    webhooks: {
      async fetch(request) {
        const name = new URL(request.url).pathname.slice(1) as keyof typeof sent
        sent[name].push({ headers: Object.fromEntries(request.headers), body: await request.text() })
        return new Response()
      },
    },
  })
  const call = async (method: string, path: string, body?: object) => {
    const headers = { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' }
    const init = { method, headers, ...(body && { body: JSON.stringify(body) }) }
    return (await server.fetch(new Request(`${url}/v1/${path}`, init))).json()
  }
  for (const name of ['open', 'closed'] as const) {
    const body = { url: `https://app.example/${name}`, include_private: name === 'open' }
    const endpoint = await call('POST', 'webhook_endpoints', body)
    before = endpoint.secret
    secrets[name] = (await call('POST', `webhook_endpoints/${endpoint.id}/rotate_secret`)).secret
  }
  const { id } = await call('POST', 'users', { username: 'ada', external_id: 'e1', public_metadata: { plan: 'pro' } })
  await server.deliverWebhooks()
  await call('PATCH', `users/${id}/metadata`, { private_metadata: { customer: canary.word } })
  await server.deliverWebhooks()
  await call('DELETE', `users/${id}`)
  await server.deliverWebhooks()
  await server.close()
  expect(sent.open).toHaveLength(3)
  expect(sent.closed).toHaveLength(3)
})

describe('what the server signs', () => {
  test('Clerk’s own verifier takes it, unchanged', async () => {
    for (const [index, type] of (['user.created', 'user.updated', 'user.deleted'] as const).entries()) {
      const event = await verifyByClerk(requestOf(sent.open[index] as Sent), { signingSecret: secrets.open })
      expect(event).toMatchObject({ type, object: 'event', instance_id: expect.stringMatching(/^ins_/) })
      if (event.type === 'user.updated') {
        expect(event.data).toMatchObject({
          private_metadata: { customer: canary.word },
          public_metadata: { plan: 'pro' },
        })
        expect(event.event_attributes.http_request.client_ip).toBe('')
      }
      if (event.type === 'user.deleted') expect(event.data).toMatchObject({ deleted: true })
    }
  })

  test('the libraries of Standard Webhooks and of Svix take it, by either of two secrets', () => {
    for (const { headers, body } of sent.closed) {
      for (const secret of [secrets.closed, before]) {
        expect(new StandardWebhook(secret).verify(body, headers)).toMatchObject({ object: 'event' })
        expect(() => new SvixWebhook(secret).verify(body, headers)).not.toThrow()
      }
      expect(() => new StandardWebhook(secrets.open).verify(body, headers)).toThrow('No matching signature')
    }
  })
})

describe('verifyWebhook', () => {
  test('gives events that their type tells apart, with the user as the app’s schema reads them', async () => {
    const [created, updated, deleted] = await Promise.all(
      sent.open.map((one) => verifyWebhook(requestOf(one), { secret: secrets.open, metadata })),
    )
    if (created?.type !== 'user.created' || updated?.type !== 'user.updated' || deleted?.type !== 'user.deleted') {
      throw new Error('the types are others')
    }
    const plan: 'free' | 'pro' = created.data.publicMetadata.plan
    expect(plan).toBe('pro')
    expect(created).toMatchObject({ version: 1, changedFields: ['external_id', 'username', 'public_metadata'] })
    expect(created.id).toMatch(/^msg_/)
    expect(created.timestamp).toBeInstanceOf(Date)
    const customer: string | undefined = updated.data.privateMetadata?.customer
    expect(customer).toBe(canary.word)
    expect(updated).toMatchObject({ version: 2, changedFields: ['private_metadata'] })
    expect(updated.data.createdAt).toBeInstanceOf(Date)
    // As with every user of the backend.
    expect(canary.isIn(JSON.stringify(updated))).toBe(false)
    expect(updated.data.toJSON({ includePrivate: true })).toMatchObject({ privateMetadata: { customer: canary.word } })
    expect(deleted.data).toEqual({ id: created.data.id, externalId: 'e1' })
  })

  test('private metadata is undefined where the endpoint did not ask for it', async () => {
    const event = await verifyWebhook(requestOf(sent.closed[1] as Sent), { secret: secrets.closed, metadata })
    if (event.type !== 'user.updated') throw new Error('the type is another')
    expect(event.data.privateMetadata).toBeUndefined()
    expect(event.changedFields).toEqual([])
  })

  test('takes what others sign, by either header names and any of its secrets', async () => {
    const [{ body }] = sent.closed as [Sent]
    const [at, id] = [new Date(), 'msg_others']
    const signature = new SvixWebhook(secrets.closed).sign(id, at, body)
    const timestamp = `${Math.floor(at.getTime() / 1_000)}`
    for (const name of ['webhook', 'svix']) {
      const headers = { [`${name}-id`]: id, [`${name}-timestamp`]: timestamp, [`${name}-signature`]: signature }
      const event = await verifyWebhook(requestOf({ headers, body }), { secrets: [secrets.open, secrets.closed] })
      expect(event).toMatchObject({ id, type: 'user.created' })
    }
  })

  const seconds = (offset: number) => new Date(Date.now() + offset * 1_000)
  const signed = (at: Date, body: string): Sent => {
    const signature = new StandardWebhook(secrets.closed).sign('msg_1', at, body)
    const timestamp = `${Math.floor(at.getTime() / 1_000)}`
    return { headers: { 'webhook-id': 'msg_1', 'webhook-timestamp': timestamp, 'webhook-signature': signature }, body }
  }
  const event = JSON.stringify({ type: 'user.deleted', data: { id: 'user_1', deleted: true }, timestamp: 1 })

  test.each<[string, string, () => Request]>([
    [
      'a body that was changed',
      'webhook_signature_invalid',
      () => requestOf({ ...signed(seconds(0), event), body: `${event} ` }),
    ],
    [
      'a body with a mark before it',
      'webhook_signature_invalid',
      () => requestOf({ ...signed(seconds(0), event), body: `\uFEFF${event}` }),
    ],
    [
      'a time that was changed',
      'webhook_signature_invalid',
      () => requestOf(signed(seconds(0), event), { 'webhook-timestamp': `${Math.floor(Date.now() / 1_000) + 9}` }),
    ],
    [
      'an id that was changed',
      'webhook_signature_invalid',
      () => requestOf(signed(seconds(0), event), { 'webhook-id': 'msg_2' }),
    ],
    [
      'a signature of another version',
      'webhook_signature_invalid',
      () =>
        requestOf(signed(seconds(0), event), {
          'webhook-signature': signed(seconds(0), event).headers['webhook-signature']?.replace('v1,', 'v2,') ?? '',
        }),
    ],
    ['what was signed long ago', 'webhook_timestamp_invalid', () => requestOf(signed(seconds(-310), event))],
    ['what was signed far ahead', 'webhook_timestamp_invalid', () => requestOf(signed(seconds(310), event))],
    [
      'a time that is none',
      'webhook_timestamp_invalid',
      () => requestOf(signed(seconds(0), event), { 'webhook-timestamp': '1e9' }),
    ],
    ['no headers', 'webhook_headers_missing', () => requestOf({ headers: {}, body: event })],
    ['a body that is too large', 'webhook_body_too_large', () => requestOf(signed(seconds(0), 'x'.repeat(1_048_577)))],
    [
      'an event of another kind',
      'webhook_event_unknown',
      () => requestOf(signed(seconds(0), '{"type":"session.created","data":{}}')),
    ],
    ['no JSON', 'webhook_event_unknown', () => requestOf(signed(seconds(0), 'x'))],
  ])('refuses %s by a code of its own', async (_, code, makeRequest) => {
    const error = await verifyWebhook(makeRequest(), { secret: secrets.closed }).catch((reason: unknown) => reason)
    expect(isAcmeError(error) && error.code).toBe(code)
  })

  test('says when the body was read before, and when the secret is none', async () => {
    const request = requestOf(signed(seconds(0), event))
    await request.text()
    await expect(verifyWebhook(request, { secret: secrets.closed })).rejects.toMatchObject({
      code: 'webhook_body_used',
    })
    for (const options of [{ secret: 'whsec_!' }, { secret: '' }, { secrets: [] }]) {
      const request = requestOf(signed(seconds(0), event))
      await expect(verifyWebhook(request, options)).rejects.toMatchObject({ code: 'webhook_secret_invalid' })
    }
    await expect(
      verifyWebhook(requestOf(signed(seconds(299), event)), { secret: secrets.closed }),
    ).resolves.toBeDefined()
  })
})
