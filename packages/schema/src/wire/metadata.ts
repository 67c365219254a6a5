import * as z from 'zod/mini'
import { type MetadataParam, metadataParam } from '../fields.ts'
import { canRead, canWrite, kinds, type ReadableKind, type Side, type WritableKind } from '../visibility.ts'
import { jsonObject } from './json-object.ts'

/** The members of a user that carry metadata, for a side: those it may read. */
export type MetadataShape<S extends Side> = { [K in ReadableKind<S> as MetadataParam<K>]: typeof jsonObject }

/** Makes the members of a user reply that carry metadata: those the side may read. */
export function metadataShape<S extends Side>(side: S): MetadataShape<S> {
  const readable = kinds.filter((kind) => canRead(side, kind))
  return Object.fromEntries(readable.map((kind) => [metadataParam(kind), jsonObject])) as MetadataShape<S>
}

/** The members of a request that carry metadata, for a side: those it may write. */
export type MetadataParamsShape<S extends Side> = {
  [K in WritableKind<S> as MetadataParam<K>]: z.ZodMiniOptional<typeof jsonObject>
}

/** Makes the members of a request that carry metadata: those the side may write. */
export function metadataParamsShape<S extends Side>(side: S): MetadataParamsShape<S> {
  const writable = kinds.filter((kind) => canWrite(side, kind))
  return Object.fromEntries(
    writable.map((kind) => [metadataParam(kind), z.optional(jsonObject)]),
  ) as MetadataParamsShape<S>
}

/** Body of `PATCH` (merge) and `PUT` (replace) of a user's metadata, on the Backend API. */
export const backendMetadataBody = z.strictObject(metadataParamsShape('backend'))
export type BackendMetadataBody = z.infer<typeof backendMetadataBody>

/** Body of `PATCH` (merge) and `PUT` (replace) of the signed-in user's metadata, on the Frontend API. */
export const frontendMetadataBody = z.strictObject(metadataParamsShape('frontend'))
export type FrontendMetadataBody = z.infer<typeof frontendMetadataBody>
