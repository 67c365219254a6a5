import * as z from 'zod/mini'

/** What goes with the schemas of `PUT /v1/metadata_schemas`: what else the app declares of its metadata. */
export const metadataOptionsJson = z.strictObject({
  indexes: z.optional(z.array(z.string())),
  unique: z.optional(z.array(z.string())),
  /** What session tokens carry of the metadata: paths such as `public.plan`, by the names of the claims. */
  claims: z.optional(z.record(z.string(), z.string())),
})

/** An index of metadata, as a reply shows it. */
export const metadataIndexJson = z.object({
  path: z.string(),
  /** Only a ready one answers questions. */
  state: z.enum(['building', 'ready']),
  /**
   * Whether a value is one user's alone: from the push on (`checking`), for all (`enforced`), or not, since users had the
   * same (`broken`); null where it need not be.
   */
  unique: z.nullable(z.enum(['checking', 'enforced', 'broken'])),
  /** How many users have a value that another one has, where it is broken. */
  duplicates: z.int(),
})
export type MetadataIndexJson = z.infer<typeof metadataIndexJson>
