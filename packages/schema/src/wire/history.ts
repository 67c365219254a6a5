import * as z from 'zod/mini'
import { type MetadataParam, metadataParam } from '../fields.ts'
import { kinds, type ReadableKind } from '../visibility.ts'
import { jsonObject, timestamp } from './json-object.ts'
import { metadataShape } from './metadata.ts'

/** What makes one value of metadata from another: a merge patch (RFC 7396), or the whole where a patch cannot say it. */
export const metadataStepJson = z.union([z.object({ merge: jsonObject }), z.object({ replace: jsonObject })])

/** What a change did to one kind of metadata, forth and back. */
export const metadataChangeJson = z.object({ forward: metadataStepJson, backward: metadataStepJson })
export type MetadataChangeJson = z.infer<typeof metadataChangeJson>

type ChangesShape = {
  [K in ReadableKind<'backend'> as MetadataParam<K>]: z.ZodMiniOptional<typeof metadataChangeJson>
}

const changesShape = Object.fromEntries(
  kinds.map((kind) => [metadataParam(kind), z.optional(metadataChangeJson)]),
) as ChangesShape

/** One change of one user, as the Backend API sends it: with the kinds of metadata that it changed. */
export const userChangeJson = z.object({
  object: z.literal('user_change'),
  user_id: z.string(),
  /** The version that it made. */
  version: z.int(),
  action: z.enum(['create', 'update', 'delete']),
  created_at: timestamp,
  /** The API that was asked, or the server itself. */
  side: z.enum(['frontend', 'backend', 'server']),
  /** The beginning of the SHA-256 digest of the secret key, as base64url. */
  key_id: z.nullable(z.string()),
  /** Where the holder of the key acted by hand; servers before it leave it out. */
  through: z.optional(z.nullable(z.enum(['dashboard']))),
  session_id: z.nullable(z.string()),
  trace_id: z.nullable(z.string()),
  /** Digests of the idempotency key and of who gave it. */
  idempotency_key: z.nullable(z.string()),
  /** The name of the migration that it is a part of. */
  migration: z.nullable(z.string()),
  /** What changed, by the names of the user's members; `password` and `locked` without their values. */
  fields: z.array(z.string()),
  ...changesShape,
})
export type UserChangeJson = z.infer<typeof userChangeJson>

/** Reply of `GET /v1/users/{id}/changes`: the newest first. */
export const userChangeListJson = z.array(userChangeJson)

/** Reply of `GET /v1/users/{id}/versions/{version}`: the metadata of a user as it was. */
export const userVersionJson = z.object({
  object: z.literal('user_version'),
  user_id: z.string(),
  version: z.int(),
  /** When the user came to this version. */
  created_at: timestamp,
  ...metadataShape('backend'),
})
export type UserVersionJson = z.infer<typeof userVersionJson>

/** Body of `POST /v1/users/{id}/versions/{version}/restore`: which kinds, or every one. */
export const restoreMetadataBody = z.strictObject({
  kinds: z.optional(z.array(z.enum(kinds)).check(z.minLength(1))),
})
