import * as z from 'zod/mini'
import { jsonObject, timestamp } from './json-object.ts'
import { webhookEventTypes } from './webhook-event.ts'

const eventTypes = z.array(z.enum(webhookEventTypes)).check(z.minLength(1), z.maxLength(webhookEventTypes.length))

const settings = {
  /** Without, all of them. */
  event_types: z.optional(eventTypes),
  /** Whether private metadata is sent, too. */
  include_private: z.optional(z.boolean()),
  description: z.optional(z.nullable(z.string().check(z.maxLength(256)))),
  /** While it is paused, events are kept for it and not sent. */
  status: z.optional(z.enum(['enabled', 'paused'])),
}

/** Body of `POST /v1/webhook_endpoints`. */
export const createWebhookEndpointBody = z.strictObject({
  ...settings,
  url: z.string(),
  /** One of your own: `whsec_` and the base64 of 24 to 64 bytes. Without, one is made. */
  secret: z.optional(z.string()),
})
export type CreateWebhookEndpointBody = z.infer<typeof createWebhookEndpointBody>

/** Body of `PATCH /v1/webhook_endpoints/{id}`. */
export const updateWebhookEndpointBody = z.strictObject({ ...settings, url: z.optional(z.string()) })
export type UpdateWebhookEndpointBody = z.infer<typeof updateWebhookEndpointBody>

/** Body of `POST /v1/webhook_endpoints/{id}/rotate_secret`. */
export const rotateWebhookSecretBody = z.strictObject({
  secret: z.optional(z.string()),
  /** For how long the secret before is signed with as well: a day, unless given; at most thirty. */
  expires_in_seconds: z.optional(z.int().check(z.minimum(0), z.maximum(2_592_000))),
})

/** Body of `POST /v1/webhook_endpoints/{id}/replay`: an event, or a time. */
export const replayWebhooksBody = z.strictObject({
  event_id: z.optional(z.string()),
  /** From when on the events happened, and until when. */
  since: z.optional(timestamp),
  until: z.optional(timestamp),
  /** Only those that were given up. */
  status: z.optional(z.literal('parked')),
  /** Goes on after the last event of the reply before. */
  starting_after: z.optional(z.string()),
})
export type ReplayWebhooksBody = z.infer<typeof replayWebhooksBody>

/** Reply of `POST /v1/webhook_endpoints/{id}/replay`. */
export const webhookReplayJson = z.object({
  object: z.literal('webhook_replay'),
  replayed: z.int(),
  /** Whether there is more after `last_event_id`. */
  has_more: z.boolean(),
  last_event_id: z.nullable(z.string()),
})

/** An endpoint. The secret shows only when it is made. */
export const webhookEndpointJson = z.object({
  object: z.literal('webhook_endpoint'),
  id: z.string(),
  url: z.string(),
  event_types: eventTypes,
  include_private: z.boolean(),
  description: z.nullable(z.string()),
  status: z.enum(['enabled', 'paused']),
  secret: z.optional(z.string()),
  /** How many secrets are signed with: two while they change. */
  secrets: z.int(),
  created_at: timestamp,
  updated_at: timestamp,
})
export type WebhookEndpointJson = z.infer<typeof webhookEndpointJson>

/** Reply of `GET /v1/webhook_endpoints`. */
export const webhookEndpointsJson = z.object({ data: z.array(webhookEndpointJson), total_count: z.int() })

/** One event on its way to one endpoint. It tells whom it is about and never what it says. */
export const webhookDeliveryJson = z.object({
  object: z.literal('webhook_delivery'),
  event_id: z.string(),
  type: z.enum(webhookEventTypes),
  user_id: z.string(),
  version: z.int(),
  status: z.enum(['pending', 'delivered', 'parked']),
  attempts: z.int(),
  /** When it was tried last, the status that was answered, or why there was no answer. */
  last_attempt_at: z.nullable(timestamp),
  last_status: z.nullable(z.int()),
  last_failure: z.nullable(z.string()),
  next_attempt_at: z.nullable(timestamp),
  created_at: timestamp,
})
export type WebhookDeliveryJson = z.infer<typeof webhookDeliveryJson>

/** Reply of `GET /v1/webhook_endpoints/{id}/deliveries/{event_id}`: with the body that would be sent now. */
export const webhookDeliveryDetailJson = z.extend(webhookDeliveryJson, {
  /** Null when nothing would be sent any more: its user is gone. */
  payload: z.nullable(jsonObject),
})
export type WebhookDeliveryDetailJson = z.infer<typeof webhookDeliveryDetailJson>

/** Reply of `GET /v1/webhook_endpoints/{id}/deliveries`. */
export const webhookDeliveriesJson = z.object({ data: z.array(webhookDeliveryJson), has_more: z.boolean() })
