import { isId } from '@acme/schema'
import {
  createWebhookEndpointBody,
  replayWebhooksBody,
  rotateWebhookSecretBody,
  updateWebhookEndpointBody,
  type WebhookDeliveryJson,
  type WebhookEndpointJson,
} from '@acme/schema/wire'
import { Hono } from 'hono'
import { fault, notFound, paramFault } from '../domain/fault.ts'
import {
  createEndpoint,
  listEndpoints,
  removeEndpoint,
  rotateSecret,
  updateEndpoint,
} from '../domain/webhooks/endpoints.ts'
import { findDelivery, listDeliveries } from '../domain/webhooks/list-deliveries.ts'
import { bodyOf } from '../domain/webhooks/render-event.ts'
import { replay } from '../domain/webhooks/replay.ts'
import { goodSecrets } from '../domain/webhooks/secrets.ts'
import { commit, rowsOf } from '../http/commit.ts'
import { validate } from '../http/validate.ts'
import type { Instance } from '../instance.ts'
import type { WebhookDeliveryRow, WebhookEndpointRow } from '../storage/rows.ts'
import type { Transaction } from '../storage/storage.ts'
import { type BackendContext, type BackendEnv, reply } from './backend-env.ts'
import { readNumber } from './user-query.ts'

/** `/v1/webhook_endpoints` of the Backend API: who is told of what happens to users. */
export function webhookEndpoints(instance: Instance): Hono<BackendEnv> {
  const now = () => instance.clock()
  const show = (row: WebhookEndpointRow) => ({ json: endpointJson(row, now()) })
  /** With the secret, which is shown when it is made and never again. */
  const showMade = (row: WebhookEndpointRow) => ({
    json: { ...endpointJson(row, now()), secret: row.secrets[0]?.secret },
  })

  const run = async (c: BackendContext, makePlan: () => Transaction<WebhookEndpointRow>, toReply = show) =>
    reply(
      await commit(instance, {
        makePlan,
        toReply,
        repeatable: c.env.repeatable,
        // So that no secret is in what is kept of a reply.
        subject: rowsOf('webhookEndpoints'),
      }),
    )

  const find = async (c: BackendContext): Promise<WebhookEndpointRow> => {
    const id = endpointId(c)
    const row = await instance.storage.find('webhookEndpoints', id)
    if (!row) throw notFound('webhook endpoint', id)
    return row
  }

  return new Hono<BackendEnv>()
    .get('/', async () => {
      const data = (await listEndpoints(instance.storage)).map((row) => show(row).json)
      return reply({ json: { data, total_count: data.length } })
    })
    .post('/', async (c) => {
      const body = validate(createWebhookEndpointBody, c.env.params, 'backend')
      if (!instance.sendsWebhooks) {
        const long = 'This server sends no webhooks: give createServer a fetch to send them by.'
        throw fault(501, 'not_implemented', 'not implemented', long)
      }
      return run(c, () => createEndpoint(instance, body), showMade)
    })
    .get('/:id', async (c) => reply(show(await find(c))))
    .patch('/:id', async (c) => {
      const id = endpointId(c)
      const body = validate(updateWebhookEndpointBody, c.env.params, 'backend')
      return run(c, () => updateEndpoint(instance, id, body))
    })
    .delete('/:id', async (c) => {
      const id = endpointId(c)
      const toReply = () => ({ json: { object: 'webhook_endpoint', id, deleted: true } })
      const makePlan = () => removeEndpoint(id)
      return reply(await commit(instance, { makePlan, toReply, repeatable: c.env.repeatable }))
    })
    .post('/:id/rotate_secret', async (c) => {
      const id = endpointId(c)
      const { secret, expires_in_seconds: seconds } = validate(rotateWebhookSecretBody, c.env.params, 'backend')
      const overlap = seconds === undefined ? undefined : seconds * 1_000
      return run(c, () => rotateSecret(instance, id, { secret, overlap }), showMade)
    })
    .post('/:id/replay', async (c) => {
      const body = validate(replayWebhooksBody, c.env.params, 'backend')
      for (const id of [body.event_id, body.starting_after]) if (id !== undefined) assertEventId(id)
      const { replayed, hasMore, lastEventId } = await replay(instance, (await find(c)).id, body)
      return reply({
        json: { object: 'webhook_replay', replayed, has_more: hasMore, last_event_id: lastEventId },
      })
    })
    .get('/:id/deliveries', async (c) => {
      const query = c.env.url.searchParams
      const limit = readNumber('limit', query.get('limit') ?? '10', 1, 500)
      const [after, status] = [query.get('starting_after') ?? undefined, query.get('status')]
      if (after !== undefined) assertEventId(after)
      if (status !== null && status !== 'parked')
        throw paramFault('status', 'form_param_value_invalid', 'is not parked, which is all that can be asked for')
      const { id } = await find(c)
      const found = await listDeliveries(instance.storage, id, { limit, after, isParked: status === 'parked' })
      return reply({ json: { data: found.rows.map(deliveryJson), has_more: found.hasMore } })
    })
    .get('/:id/deliveries/:event', async (c) => {
      const event = c.req.param('event')
      assertEventId(event)
      const endpoint = await find(c)
      const row = await findDelivery(instance.storage, endpoint.id, event)
      if (!row) throw notFound('webhook event', event)
      const body = await bodyOf(instance, endpoint, row)
      return reply({ json: { ...deliveryJson(row), payload: body === undefined ? null : JSON.parse(body) } })
    })
}

function endpointId(c: BackendContext): string {
  const id = c.req.param('id') ?? ''
  if (!isId('webhookEndpoint', id)) throw notFound('webhook endpoint', id)
  return id
}

function assertEventId(id: string): void {
  if (!isId('webhookEvent', id)) throw notFound('webhook event', id)
}

function endpointJson(row: WebhookEndpointRow, now: number): WebhookEndpointJson {
  return {
    object: 'webhook_endpoint',
    id: row.id,
    url: row.url,
    event_types: [...row.types],
    include_private: row.side === 'backend',
    description: row.description,
    status: row.isPaused ? 'paused' : 'enabled',
    secrets: goodSecrets(row, now).length,
    created_at: row.createdAt,
    updated_at: row.updatedAt,
  }
}

function deliveryJson(row: WebhookDeliveryRow): WebhookDeliveryJson {
  return {
    object: 'webhook_delivery',
    event_id: row.eventId,
    type: row.type,
    user_id: row.userId,
    version: row.version,
    status: row.status,
    attempts: row.attempts,
    last_attempt_at: row.lastAttempt?.at ?? null,
    last_status: row.lastAttempt?.status ?? null,
    last_failure: row.lastAttempt?.failure ?? null,
    next_attempt_at: row.dueAt,
    created_at: row.at,
  }
}
