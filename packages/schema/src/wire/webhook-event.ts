import * as z from 'zod/mini'
import { metadataParam } from '../fields.ts'
import { canRead, kinds, type ReadableKind } from '../visibility.ts'
import { jsonObject, timestamp } from './json-object.ts'
import { deletedJson } from './list.ts'
import type { MetadataShape } from './metadata.ts'
import { frontendUserJson } from './user.ts'

/** What can happen to a user that an endpoint is told of. */
export const webhookEventTypes = ['user.created', 'user.updated', 'user.deleted'] as const
export type WebhookEventType = (typeof webhookEventTypes)[number]

type HiddenKind = Exclude<ReadableKind<'backend'>, ReadableKind<'frontend'>>

/** The metadata that only endpoints get which asked for it. */
const hiddenShape = Object.fromEntries(
  kinds
    .filter((kind) => canRead('backend', kind) && !canRead('frontend', kind))
    .map((kind) => [metadataParam(kind), z.optional(jsonObject)]),
) as { [P in keyof Pick<MetadataShape<'backend'>, `${HiddenKind}_metadata`>]: z.ZodMiniOptional<typeof jsonObject> }

/** The user in an event: as a page may see it, or, where the endpoint asked for that, as the Backend API sends it. */
export const webhookUserJson = z.extend(frontendUserJson, hiddenShape)
export type WebhookUserJson = z.infer<typeof webhookUserJson>

const eventFields = {
  object: z.literal('event'),
  /** When it happened. */
  timestamp,
  instance_id: z.string(),
  event_attributes: z.object({ http_request: z.object({ client_ip: z.string(), user_agent: z.string() }) }),
  /** The version of the user that the change made, and the names of what it changed. */
  changes: z.object({ version: z.int(), fields: z.array(z.string()) }),
}

/**
 * The body of a webhook. The user is shown as of the moment it was sent, so that `data.version` may be ahead of
 * `changes.version` and never goes back.
 */
export const webhookEventJson = z.discriminatedUnion('type', [
  z.object({ type: z.literal('user.created'), ...eventFields, data: webhookUserJson }),
  z.object({ type: z.literal('user.updated'), ...eventFields, data: webhookUserJson }),
  z.object({ type: z.literal('user.deleted'), ...eventFields, data: deletedJson }),
])
export type WebhookEventJson = z.infer<typeof webhookEventJson>
