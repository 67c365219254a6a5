import * as z from 'zod/mini'
import { errorItemJson } from './error.ts'
import { metadataParamsShape } from './metadata.ts'

/** How many updates a request carries at the most. */
export const bulkLimit = 500

/** Body of `PATCH /v1/users/metadata`: what to merge into the metadata of each of some users. */
export const bulkMetadataBody = z.strictObject({
  updates: z
    .array(
      z.strictObject({
        user_id: z.string(),
        /** Refused unless the user still has this version. */
        if_match: z.optional(z.int()),
        ...metadataParamsShape('backend'),
      }),
    )
    .check(z.minLength(1), z.maxLength(bulkLimit)),
})
export type BulkMetadataBody = z.infer<typeof bulkMetadataBody>

/** Reply of `PATCH /v1/users/metadata`: what became of each, in the order of the request. */
export const bulkMetadataJson = z.object({
  object: z.literal('bulk_update'),
  results: z.array(
    z.union([
      z.object({ user_id: z.string(), version: z.int() }),
      z.object({ user_id: z.string(), errors: z.array(errorItemJson) }),
    ]),
  ),
})
export type BulkMetadataJson = z.infer<typeof bulkMetadataJson>
