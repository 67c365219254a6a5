import {
  type CreateWebhookEndpointBody,
  deletedJson,
  type ReplayWebhooksBody,
  type UpdateWebhookEndpointBody,
  type WebhookEndpointJson,
  webhookDeliveriesJson,
  webhookDeliveryDetailJson,
  webhookEndpointJson,
  webhookEndpointsJson,
  webhookReplayJson,
} from '@acme/schema/wire'
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api } from './api.ts'
import { following } from './live.ts'

const all = 'webhook_endpoints'
const at = (id: string) => `${all}/${encodeURIComponent(id)}`

/** How many deliveries come at once. */
const pageSize = 50

/** The endpoints that events are sent to. */
export const endpointsQuery = queryOptions({
  queryKey: ['webhooks'],
  queryFn: ({ signal }) => api.get(all, webhookEndpointsJson, { signal }),
  refetchInterval: following(10_000),
})

/** What was and is to be sent to an endpoint, the newest first; or only what was given up. */
export function deliveriesQuery(id: string, isParked: boolean) {
  return infiniteQueryOptions({
    queryKey: ['webhooks', id, 'deliveries', isParked],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({ limit: `${pageSize}` })
      if (isParked) query.set('status', 'parked')
      if (pageParam) query.set('starting_after', pageParam)
      return api.get(`${at(id)}/deliveries`, webhookDeliveriesJson, { query, signal })
    },
    getNextPageParam: ({ data, has_more }) => (has_more ? data.at(-1)?.event_id : undefined),
    // Whoever sends them may be another process.
    refetchInterval: following(3_000, 10_000),
  })
}

/** One of them, with what would be sent. */
export function deliveryQuery(id: string, eventId: string) {
  return queryOptions({
    queryKey: ['webhooks', id, 'delivery', eventId],
    queryFn: ({ signal }) =>
      api.get(`${at(id)}/deliveries/${encodeURIComponent(eventId)}`, webhookDeliveryDetailJson, { signal }),
    // Whoever sends them may be another process.
    refetchInterval: following(3_000, 10_000),
  })
}

/** Has events sent to a URL. The reply holds the secret, once. */
export function createEndpoint(body: CreateWebhookEndpointBody): Promise<WebhookEndpointJson> {
  return api.post(all, webhookEndpointJson, { body })
}

/** Changes an endpoint. */
export function updateEndpoint(id: string, body: UpdateWebhookEndpointBody): Promise<WebhookEndpointJson> {
  return api.patch(at(id), webhookEndpointJson, { body })
}

/** Sends nothing to it any more. */
export async function deleteEndpoint(id: string): Promise<void> {
  await api.delete(at(id), deletedJson)
}

/** Gives an endpoint another secret, and the one before so many seconds. The reply holds the new one, once. */
export function rotateSecret(id: string, overlap: number): Promise<WebhookEndpointJson> {
  return api.post(`${at(id)}/rotate_secret`, webhookEndpointJson, { body: { expires_in_seconds: overlap } })
}

/** Sends events again, all pages of them; gives how many. */
export async function replay(id: string, body: ReplayWebhooksBody): Promise<number> {
  let count = 0
  let after: string | null = null
  for (;;) {
    const params: ReplayWebhooksBody = after === null ? body : { ...body, starting_after: after }
    const reply = await api.post(`${at(id)}/replay`, webhookReplayJson, { body: params })
    count += reply.replayed
    after = reply.last_event_id
    if (!reply.has_more || after === null) return count
  }
}
