import { type CreateWebhookEndpointBody, type UpdateWebhookEndpointBody, webhookEventTypes } from '@acme/schema/wire'
import type { WebhookEndpointRow, WebhooksRow } from '../../storage/rows.ts'
import type { Key, Snapshot, Storage, Transaction, Write } from '../../storage/storage.ts'
import { createId } from '../create-id.ts'
import type { Deps } from '../deps.ts'
import { fault, notFound } from '../fault.ts'
import { activeWebhooks, noWebhooks } from './active-webhooks.ts'
import { assertTarget } from './assert-target.ts'
import { createSecret, goodSecrets, readSecret } from './secrets.ts'

/** How many endpoints there may be: each costs every change of a user a delivery. */
const maxEndpoints = 20

/** For how long a secret is signed with after another took its place, in milliseconds, unless said otherwise. */
const defaultOverlap = 86_400_000

/** Names an endpoint in a transaction. */
export function endpointKey(id: string): Key {
  return { collection: 'webhookEndpoints', id }
}

/** Every endpoint, in the order they were made. */
export async function listEndpoints(storage: Storage): Promise<readonly WebhookEndpointRow[]> {
  const active = await storage.find(activeWebhooks.collection, activeWebhooks.id)
  const rows = await Promise.all((active?.endpoints ?? []).map(({ id }) => storage.find('webhookEndpoints', id)))
  return rows.filter((row) => row !== undefined)
}

/** Plans to have events sent to a URL. @throws Fault 422 */
export function createEndpoint(deps: Deps, body: CreateWebhookEndpointBody): Transaction<WebhookEndpointRow> {
  assertTarget(body.url, deps.webhookHosts)
  const now = deps.clock()
  const row: WebhookEndpointRow = {
    id: createId('webhookEndpoint', now),
    types: webhookEventTypes,
    side: 'frontend',
    description: null,
    isPaused: false,
    url: body.url,
    ...settings(body),
    secrets: [{ secret: body.secret === undefined ? createSecret() : readSecret(body.secret), until: null }],
    createdAt: now,
    updatedAt: now,
  }
  return {
    reads: [activeWebhooks],
    decide(rows) {
      const active = activeRow(rows)
      if (active.endpoints.length >= maxEndpoints) {
        const long = `There are ${maxEndpoints} endpoints already, which is as many as there may be.`
        throw fault(422, 'webhook_endpoints_exceeded', 'too many endpoints', long)
      }
      return { writes: [...put(active, row)], result: row }
    },
  }
}

/** Plans to change what is known of an endpoint. @throws Fault 404 or 422 */
export function updateEndpoint(
  deps: Deps,
  id: string,
  body: UpdateWebhookEndpointBody,
): Transaction<WebhookEndpointRow> {
  if (body.url !== undefined) assertTarget(body.url, deps.webhookHosts)
  return changeEndpoint(deps, id, (before) => ({ ...before, ...settings(body) }))
}

/** Plans to sign with another secret, and for a while with the one before as well. @throws Fault 404 or 422 */
export function rotateSecret(
  deps: Deps,
  id: string,
  { secret, overlap = defaultOverlap }: { readonly secret: string | undefined; readonly overlap: number | undefined },
): Transaction<WebhookEndpointRow> {
  const made = secret === undefined ? createSecret() : readSecret(secret)
  return changeEndpoint(deps, id, (before) => {
    const now = deps.clock()
    const [current] = goodSecrets(before, now)
    const kept = overlap > 0 && current !== undefined && current !== made
    return {
      ...before,
      secrets: [{ secret: made, until: null }, ...(kept ? [{ secret: current, until: now + overlap }] : [])],
    }
  })
}

/** Plans to send nothing to an endpoint any more; what is left of it goes by and by. @throws Fault 404 */
export function removeEndpoint(id: string): Transaction<WebhookEndpointRow> {
  return {
    reads: [activeWebhooks, endpointKey(id)],
    decide(rows) {
      const active = activeRow(rows)
      const row = endpointRow(rows, id)
      const endpoints = active.endpoints.filter((one) => one.id !== id)
      return {
        writes: [
          { put: 'webhooks', row: { ...active, endpoints, removed: [...active.removed, id] } },
          { delete: 'webhookEndpoints', id },
        ],
        result: row,
      }
    },
  }
}

function changeEndpoint(
  deps: Deps,
  id: string,
  change: (before: WebhookEndpointRow) => WebhookEndpointRow,
): Transaction<WebhookEndpointRow> {
  return {
    reads: [activeWebhooks, endpointKey(id)],
    decide(rows) {
      const row = { ...change(endpointRow(rows, id)), updatedAt: deps.clock() }
      return { writes: put(activeRow(rows), row), result: row }
    },
  }
}

function settings(body: UpdateWebhookEndpointBody): Partial<WebhookEndpointRow> {
  const { url, event_types: types, include_private: includePrivate, description, status } = body
  return {
    ...(url !== undefined && { url }),
    ...(types !== undefined && { types: webhookEventTypes.filter((type) => types.includes(type)) }),
    // Who asks for what only servers see is shown what servers see.
    ...(includePrivate !== undefined && { side: includePrivate ? 'backend' : 'frontend' }),
    ...(description !== undefined && { description }),
    ...(status !== undefined && { isPaused: status === 'paused' }),
  }
}

/** Puts an endpoint, and what every write reads of it. */
function put(active: WebhooksRow, row: WebhookEndpointRow): readonly Write[] {
  const { id, types, isPaused } = row
  const entry = { id, types, ...(isPaused && { isPaused }) }
  const isKnown = active.endpoints.some((one) => one.id === id)
  const endpoints = isKnown
    ? active.endpoints.map((one) => (one.id === id ? entry : one))
    : [...active.endpoints, entry]
  return [
    { put: 'webhooks', row: { ...active, endpoints } },
    { put: 'webhookEndpoints', row },
  ]
}

function activeRow(rows: Snapshot): WebhooksRow {
  return rows.get(activeWebhooks.collection, activeWebhooks.id) ?? noWebhooks
}

function endpointRow(rows: Snapshot, id: string): WebhookEndpointRow {
  const row = rows.get('webhookEndpoints', id)
  if (!row) throw notFound('webhook endpoint', id)
  return row
}
