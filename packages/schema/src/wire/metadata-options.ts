import * as z from 'zod/mini'

/** What goes with the schemas of `PUT /v1/metadata_schemas`: what else the app declares of its metadata. */
export const metadataOptionsJson = z.strictObject({
  indexes: z.optional(z.array(z.string())),
  unique: z.optional(z.array(z.string())),
})
