import {
  canRead,
  isJsonObject,
  kinds,
  type LooseJson,
  type MetadataDefinition,
  metadataField,
  metadataParam,
  type ReadView,
  type RegisteredMetadata,
  toAppNames,
  toMetadata,
  type UserData,
} from '@acme/schema'
import type { ClientUser, WholeUser } from '../backend-user.ts'
import { guard } from '../guard.ts'

type HiddenView<M> = Omit<ReadView<'backend', M>, keyof ReadView<'frontend', M>>

/**
 * The user in an event. What a browser may not see is there only where the endpoint asked for it, and undefined
 * otherwise; it stands behind an accessor, as in the users of `createBackend`.
 */
export type WebhookUser<M = RegisteredMetadata> = UserData &
  ReadView<'frontend', M> & { readonly [K in keyof HiddenView<M>]: HiddenView<M>[K] | undefined } & {
    /** The plain data that a browser may see. */
    toClient(): ClientUser<M>
    /** The same, which is what `JSON.stringify` takes; with `includePrivate` all that the event holds. */
    toJSON(options?: { readonly includePrivate?: false }): ClientUser<M>
    toJSON(options: { readonly includePrivate: true }): ClientUser<M> & Partial<WholeUser<M>>
  }

interface EventFacts {
  /** The same however often the event is sent: what was done already is known by it. */
  readonly id: string
  /** When it happened. */
  readonly timestamp: Date
  readonly instanceId: string
  /** The version that the change made; undefined where the server keeps none. */
  readonly version: number | undefined
  /** What changed, by the names of the wire: `first_name`, `public_metadata`. Empty where the server does not say. */
  readonly changedFields: readonly string[]
}

/** A user is new. */
export interface UserCreatedEvent<M = RegisteredMetadata> extends EventFacts {
  readonly type: 'user.created'
  readonly data: WebhookUser<M>
}

/** Something about a user has changed. `data` is the user as of the moment the event was sent. */
export interface UserUpdatedEvent<M = RegisteredMetadata> extends EventFacts {
  readonly type: 'user.updated'
  readonly data: WebhookUser<M>
}

/** A user is gone. */
export interface UserDeletedEvent extends EventFacts {
  readonly type: 'user.deleted'
  readonly data: { readonly id: string; readonly externalId: string | null }
}

/** What a webhook tells; `type` says which. */
export type WebhookEvent<M = RegisteredMetadata> = UserCreatedEvent<M> | UserUpdatedEvent<M> | UserDeletedEvent

/** The name of what happened. */
export type WebhookEventType = WebhookEvent['type']

/** Reads the body of an event; undefined when it is none that is known. */
export function readEvent<M>(
  id: string,
  json: unknown,
  definition: MetadataDefinition | undefined,
): WebhookEvent<M> | undefined {
  if (!isJsonObject(json) || !isJsonObject(json['data'])) return undefined
  const { type, data, timestamp, instance_id: instanceId, changes } = json as LooseJson
  const user = data as LooseJson
  const { version, fields = [] } = (isJsonObject(changes) ? changes : {}) as { version?: number; fields?: string[] }
  const facts: EventFacts = {
    id,
    timestamp: new Date(timestamp as number),
    instanceId: String(instanceId ?? ''),
    version,
    changedFields: fields,
  }
  if (type === 'user.deleted') {
    return {
      type,
      ...facts,
      data: { id: String(user['id']), externalId: (user['external_id'] ?? null) as string | null },
    }
  }
  if (type !== 'user.created' && type !== 'user.updated') return undefined
  return { type, ...facts, data: readUser<M>(user, definition) }
}

/** Reads the user of an event; what a browser may not see and the server left out is not there. */
function readUser<M>(json: LooseJson, definition: MetadataDefinition | undefined): WebhookUser<M> {
  const all = toMetadata(json, 'backend')
  const given = kinds.filter((kind) => canRead('frontend', kind) || json[metadataParam(kind)] != null)
  const metadata = Object.fromEntries(given.map((kind) => [metadataField(kind), all[metadataField(kind)]]))
  const read = definition?.['~read']?.(metadata) ?? metadata
  return guard(toAppNames<UserData>(json), read) as unknown as WebhookUser<M>
}
