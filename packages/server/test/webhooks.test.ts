import { describe, expect, test } from 'vitest'
import { createCanary } from '../../conformance/canary.ts'
import { sendBackend } from './setup.ts'
import { newUser, patch, type Received, startWorld, storages } from './webhook-setup.ts'

const told = (events: readonly Received[]) => events.map(({ json }) => `${json.type} ${json.changes.version}`)

describe.each(storages)('%s', (_, open) => {
  test('what happens to a user is told in order, in the shape of Clerk’s events', async () => {
    const { server, addEndpoint, now } = await startWorld(await open())
    const endpoint = await addEndpoint()
    const id = await newUser(server, { external_id: 'e1', public_metadata: { plan: 'free' } })
    await patch(server, id, { public_metadata: { plan: 'pro' }, private_metadata: { customer: 1 } })
    await server.deliverWebhooks()
    await sendBackend(server, 'PATCH', `/v1/users/${id}`, { first_name: 'Ada' })
    await server.deliverWebhooks()
    await sendBackend(server, 'DELETE', `/v1/users/${id}`)
    await server.deliverWebhooks()
    expect(told(endpoint.received)).toEqual(['user.created 1', 'user.updated 2', 'user.updated 3', 'user.deleted 4'])
    expect(new Set(endpoint.received.map((event) => event.id)).size).toBe(4)
    const [created, updated, named, deleted] = endpoint.received.map(({ json }) => json)
    expect(created).toMatchObject({
      object: 'event',
      timestamp: now(),
      instance_id: expect.stringMatching(/^ins_/),
      event_attributes: { http_request: {} },
      data: { object: 'user', id, external_id: 'e1', unsafe_metadata: {} },
    })
    expect(created.changes.fields).toEqual(['external_id', 'username', 'public_metadata'])
    expect(updated.data).toMatchObject({ public_metadata: { plan: 'pro' }, version: expect.any(Number) })
    // Private metadata has changed as well, which is not even named.
    expect(updated.changes.fields).toEqual(['public_metadata'])
    expect(named.changes.fields).toEqual(['first_name'])
    expect(deleted.data).toEqual({ object: 'user', id, deleted: true, external_id: 'e1' })
  })

  test('an event that failed is sent again later, those behind it wait, and other users do not', async () => {
    const { server, addEndpoint, pass } = await startWorld(await open())
    const endpoint = await addEndpoint()
    const [ada, eve] = [await newUser(server), await newUser(server)]
    await server.deliverWebhooks()
    endpoint.received.length = 0
    endpoint.answer = ({ json }) => (json.data.id === ada ? 500 : 200)
    for (const n of [1, 2, 3]) for (const id of [ada, eve]) await patch(server, id, { public_metadata: { n } })
    await server.deliverWebhooks()
    const of = (id: string) => endpoint.received.filter(({ json }) => json.data.id === id)
    expect(told(of(eve))).toEqual(['user.updated 2', 'user.updated 3', 'user.updated 4'])
    expect(told(of(ada))).toEqual(['user.updated 2'])
    await server.deliverWebhooks()
    expect(of(ada)).toHaveLength(1)
    endpoint.answer = () => 200
    pass(5_000)
    await server.deliverWebhooks()
    expect(told(of(ada))).toEqual(['user.updated 2', 'user.updated 2', 'user.updated 3', 'user.updated 4'])
    expect(of(ada)[0]?.id).toBe(of(ada)[1]?.id)
  })

  test('however many events stand behind one that fails, they come in order when it is well again', async () => {
    const { server, addEndpoint, pass } = await startWorld(await open())
    const endpoint = await addEndpoint()
    endpoint.answer = () => 500
    const id = await newUser(server)
    const count = 75
    for (let n = 1; n <= count; n++) {
      await patch(server, id, { public_metadata: { n } })
      if (n % 25 === 0) await server.deliverWebhooks()
    }
    await server.deliverWebhooks()
    expect(told(endpoint.received)).toEqual(['user.created 1'])
    endpoint.received.length = 0
    endpoint.answer = ({ json }) => (json.changes.version === 60 && endpoint.received.length < 61 ? 500 : 200)
    pass(5_000)
    await server.deliverWebhooks()
    expect(endpoint.received).toHaveLength(60)
    pass(5_000)
    await patch(server, id, { public_metadata: { n: 0 } })
    await server.deliverWebhooks()
    const versions = endpoint.received.map(({ json }) => json.changes.version)
    expect(versions).toEqual(
      [...Array(60).keys(), ...Array(count - 57).keys()].map((n, at) => (at < 60 ? n + 1 : n + 60)),
    )
  })

  test('after three days an event is parked and the next ones go on; a replay sends it under its id', async () => {
    const { server, addEndpoint, pass } = await startWorld(await open())
    const endpoint = await addEndpoint()
    endpoint.answer = ({ json }) => (json.changes.version === 2 ? 503 : 200)
    const id = await newUser(server)
    for (const n of [1, 2]) await patch(server, id, { public_metadata: { n } })
    let days = 0
    for (; endpoint.received.at(-1)?.json.changes.version !== 3; days += 0.25) {
      await server.deliverWebhooks()
      pass(21_600_000)
    }
    expect(days).toBeGreaterThan(2.5)
    expect(days).toBeLessThan(4)
    const path = `/v1/webhook_endpoints/${endpoint.id}`
    const parked = (await sendBackend(server, 'GET', `${path}/deliveries?status=parked`)).json
    expect(parked).toMatchObject({ data: [{ version: 2, status: 'parked', last_status: 503 }], has_more: false })
    const { event_id: eventId } = parked.data[0]
    endpoint.received.length = 0
    endpoint.answer = () => 200
    expect((await sendBackend(server, 'POST', `${path}/replay`, { status: 'parked' })).json.replayed).toBe(1)
    await server.deliverWebhooks()
    expect(endpoint.received.map((event) => event.id)).toEqual([eventId])
    expect((await sendBackend(server, 'GET', `${path}/deliveries?status=parked`)).json.data).toEqual([])
  })

  test('a replay of a time sends what happened then, under the same ids and in order', async () => {
    const { server, addEndpoint, pass, now } = await startWorld(await open())
    const endpoint = await addEndpoint()
    const id = await newUser(server)
    pass(1_000)
    const since = now()
    for (const n of [1, 2, 3]) await patch(server, id, { public_metadata: { n } })
    pass(1_000)
    const until = now()
    await patch(server, id, { public_metadata: { n: 4 } })
    await server.deliverWebhooks()
    const first = endpoint.received.slice(1, 4)
    endpoint.received.length = 0
    const path = `/v1/webhook_endpoints/${endpoint.id}/replay`
    expect((await sendBackend(server, 'POST', path, { since, until })).json).toMatchObject({
      replayed: 3,
      has_more: false,
    })
    await server.deliverWebhooks()
    expect(told(endpoint.received)).toEqual(['user.updated 2', 'user.updated 3', 'user.updated 4'])
    expect(endpoint.received.map((event) => event.id)).toEqual(first.map((event) => event.id))
    endpoint.received.length = 0
    await sendBackend(server, 'POST', path, { event_id: first[1]?.id })
    await server.deliverWebhooks()
    expect(endpoint.received.map((event) => event.id)).toEqual([first[1]?.id])
    expect((await sendBackend(server, 'POST', path, { event_id: 'msg_nothing' })).status).toBe(404)
    expect((await sendBackend(server, 'POST', path, {})).status).toBe(422)
  })

  test('a deleted user leaves nothing to be sent but that, and nothing of what was sent', async () => {
    const { server, addEndpoint } = await startWorld(await open())
    const endpoint = await addEndpoint({ include_private: true })
    const id = await newUser(server, { private_metadata: { secret: 'canary-of-a-deleted-user' } })
    await server.deliverWebhooks()
    endpoint.answer = () => 500
    await patch(server, id, { private_metadata: { more: 'canary-of-a-deleted-user' } })
    await server.deliverWebhooks()
    endpoint.received.length = 0
    endpoint.answer = () => 200
    await sendBackend(server, 'DELETE', `/v1/users/${id}`)
    await server.deliverWebhooks()
    expect(told(endpoint.received)).toEqual(['user.deleted 3'])
    expect(endpoint.received[0]?.text).not.toContain('canary')
    const { json } = await sendBackend(server, 'GET', `/v1/webhook_endpoints/${endpoint.id}/deliveries`)
    expect(json.data).toMatchObject([{ type: 'user.deleted', status: 'delivered' }])
  })

  test('what was on its way when its user went leaves nothing either', async () => {
    const { server, addEndpoint } = await startWorld(await open())
    const endpoint = await addEndpoint()
    endpoint.answer = async ({ json }) => {
      if (json.type === 'user.created') await sendBackend(server, 'DELETE', `/v1/users/${json.data.id}`)
      return 200
    }
    await newUser(server)
    await server.deliverWebhooks()
    expect(told(endpoint.received)).toEqual(['user.created 1', 'user.deleted 2'])
    const { json } = await sendBackend(server, 'GET', `/v1/webhook_endpoints/${endpoint.id}/deliveries`)
    expect(json.data).toMatchObject([{ type: 'user.deleted', status: 'delivered' }])
  })

  test('a paused endpoint is kept its events, and gets them in order when it goes on', async () => {
    const { server, addEndpoint } = await startWorld(await open())
    const endpoint = await addEndpoint()
    const path = `/v1/webhook_endpoints/${endpoint.id}`
    await sendBackend(server, 'PATCH', path, { status: 'paused' })
    const id = await newUser(server)
    await patch(server, id, { public_metadata: { n: 1 } })
    await server.deliverWebhooks()
    expect(endpoint.received).toEqual([])
    expect((await sendBackend(server, 'PATCH', path, { status: 'enabled' })).json.status).toBe('enabled')
    await server.deliverWebhooks()
    expect(told(endpoint.received)).toEqual(['user.created 1', 'user.updated 2'])
  })

  test('what was held behind an event is sent, though its endpoint was paused as that one came', async () => {
    const { server, addEndpoint, pass } = await startWorld(await open())
    const endpoint = await addEndpoint()
    const path = `/v1/webhook_endpoints/${endpoint.id}`
    endpoint.answer = () => 500
    const id = await newUser(server)
    await server.deliverWebhooks()
    await patch(server, id, { public_metadata: { n: 1 } })
    endpoint.answer = async () => (await sendBackend(server, 'PATCH', path, { status: 'paused' })).status
    pass(5_000)
    await server.deliverWebhooks()
    expect(told(endpoint.received)).toEqual(['user.created 1', 'user.created 1'])
    endpoint.answer = () => 200
    await sendBackend(server, 'PATCH', path, { status: 'enabled' })
    await server.deliverWebhooks()
    expect(told(endpoint.received).slice(2)).toEqual(['user.updated 2'])
  })

  test('an endpoint gets the types it asked for; one that was removed gets nothing and leaves nothing', async () => {
    const storage = await open()
    const { server, addEndpoint } = await startWorld(storage)
    const [all, deleted] = [await addEndpoint(), await addEndpoint({ event_types: ['user.deleted'] })]
    const id = await newUser(server)
    await server.deliverWebhooks()
    expect([all.received.length, deleted.received.length]).toEqual([1, 0])
    await sendBackend(server, 'DELETE', `/v1/webhook_endpoints/${all.id}`)
    await sendBackend(server, 'DELETE', `/v1/users/${id}`)
    await server.deliverWebhooks()
    expect([all.received.length, deleted.received.length]).toEqual([1, 1])
    const query = { by: 'time', direction: 'ascending', limit: 10 } as const
    expect(await storage.listDeliveries({ endpointId: all.id, ...query })).toEqual([])
    expect((await sendBackend(server, 'GET', `/v1/webhook_endpoints/${all.id}`)).status).toBe(404)
    expect((await sendBackend(server, 'GET', '/v1/webhook_endpoints')).json).toMatchObject({ total_count: 1 })
  })

  test('no private byte gets to an endpoint that did not ask for it, nor into what is kept', async () => {
    const storage = await open()
    const { server, addEndpoint } = await startWorld(storage)
    const [open1, closed] = [await addEndpoint({ include_private: true }), await addEndpoint()]
    const canary = createCanary()
    const id = await newUser(server, { private_metadata: { [canary.word]: canary.word } })
    await patch(server, id, { private_metadata: { more: canary.word }, public_metadata: { n: 1 } })
    await server.deliverWebhooks()
    expect(open1.received.every(({ text }) => canary.isIn(text))).toBe(true)
    expect(closed.received).toHaveLength(2)
    for (const { text, headers } of closed.received) {
      expect(canary.isIn(text + JSON.stringify(headers))).toBe(false)
      expect(text).not.toContain('private')
    }
    const query = { by: 'time', direction: 'ascending', limit: 10 } as const
    for (const { id } of [open1, closed]) {
      const kept = await storage.listDeliveries({ endpointId: id, ...query })
      expect(kept).toHaveLength(2)
      expect(canary.isIn(JSON.stringify(kept))).toBe(false)
      const { text } = await sendBackend(server, 'GET', `/v1/webhook_endpoints/${id}/deliveries`)
      expect(canary.isIn(text)).toBe(false)
      // What is shown of one is what its endpoint gets, and nothing more.
      const { eventId } = kept[0] as { readonly eventId: string }
      const shown = await sendBackend(server, 'GET', `/v1/webhook_endpoints/${id}/deliveries/${eventId}`)
      expect([shown.status, canary.isIn(shown.text)]).toEqual([200, id === open1.id])
      expect(shown.json.payload).toMatchObject({ type: 'user.created', changes: { version: 1 } })
    }
  })
})
