import {
  type JsonObject,
  kinds,
  type LooseJson,
  type MetadataDefinition,
  type MetadataField,
  metadataField,
  metadataParam,
  type ReadableKind,
  type ReadView,
  type RegisteredMetadata,
  type Side,
  toAppNames,
  toMetadata,
} from '@acme/schema'
import { guard } from './guard.ts'

/** What makes one value of metadata from another: a merge patch (RFC 7396), or the whole where a patch cannot say it. */
export type MetadataStep = { readonly merge: JsonObject } | { readonly replace: JsonObject }

/** What a change did to one kind of metadata, as it is stored: no schema of the app has been at it. */
export interface MetadataChange {
  /** Makes the value after the change from that before it. */
  readonly forward: MetadataStep
  /** Makes the value before the change from that after it. */
  readonly backward: MetadataStep
}

/** What is known of a change of a user, besides the metadata. */
export interface UserChangeData {
  readonly userId: string
  /** The version that it made; the user's `version` from then on. */
  readonly version: number
  readonly action: 'create' | 'update' | 'delete'
  readonly createdAt: Date
  /** The API that was asked, or the server itself. */
  readonly side: Side | 'server'
  /** The beginning of the SHA-256 digest of the secret key, as base64url. */
  readonly keyId: string | null
  /** Where the holder of the key acted by hand; absent from servers that have no dashboard. */
  readonly through?: 'dashboard' | null | undefined
  readonly sessionId: string | null
  /** The `traceId` of the request, as the server's log has it. */
  readonly traceId: string | null
  /** A digest of the idempotency key and of who gave it. */
  readonly idempotencyKey: string | null
  /** The name of the migration that it is a part of. */
  readonly migration: string | null
  /** What changed, by the names of the wire, such as `first_name` or `public_metadata`. */
  readonly fields: readonly string[]
}

type ChangeView<S extends Side> = {
  readonly [K in ReadableKind<S> as MetadataField<K>]?: MetadataChange | undefined
}

/** How plain data is made of what guards the metadata that a browser may not see. */
interface Plain<Client, Whole> {
  /** The plain data that a browser may see. */
  toClient(): Client
  /** The same, which is what `JSON.stringify` takes; with `includePrivate` all of it. */
  toJSON(options?: { readonly includePrivate?: false }): Client
  toJSON(options: { readonly includePrivate: true }): Whole
}

/**
 * One change of one user, with the kinds of metadata that it changed. Those that a browser may not see stand behind an
 * accessor, as on a user.
 */
export type UserChange = UserChangeData &
  ChangeView<'backend'> &
  Plain<UserChangeData & ChangeView<'frontend'>, UserChangeData & ChangeView<'backend'>>

/** What is known of an earlier version of a user, besides the metadata. */
export interface UserVersionData {
  readonly userId: string
  readonly version: number
  /** When the user came to this version. */
  readonly createdAt: Date
}

/** The metadata of a user as it was. What a browser may not see stands behind an accessor, as on a user. */
export type UserVersion<M = RegisteredMetadata> = UserVersionData &
  ReadView<'backend', M> &
  Plain<UserVersionData & ReadView<'frontend', M>, UserVersionData & ReadView<'backend', M>>

/** Reads a change of the Backend API. */
export function readUserChange(json: LooseJson): UserChange {
  const changed = kinds.filter((kind) => json[metadataParam(kind)])
  const metadata = Object.fromEntries(changed.map((kind) => [metadataField(kind), json[metadataParam(kind)]]))
  return guard(toAppNames<UserChangeData>(json), metadata) as unknown as UserChange
}

/** Reads an earlier version of a user, through the app's schemas where it has defined them. */
export function readUserVersion<M>(json: LooseJson, definition?: MetadataDefinition): UserVersion<M> {
  const metadata = toMetadata(json, 'backend')
  const read = definition?.['~read']?.(metadata) ?? metadata
  return guard(toAppNames<UserVersionData>(json), read) as unknown as UserVersion<M>
}
