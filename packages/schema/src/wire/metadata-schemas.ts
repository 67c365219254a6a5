import * as z from 'zod/mini'
import { type Kind, kinds } from '../visibility.ts'
import { jobJson } from './job.ts'
import { jsonObject, timestamp } from './json-object.ts'
import { metadataIndexJson, metadataOptionsJson } from './metadata-options.ts'

type SchemasShape = { [K in Kind]: z.ZodMiniOptional<typeof jsonObject> }

/** A JSON Schema (draft 2020-12) for each kind that has a rule. */
export const schemasJson: z.ZodMiniObject<SchemasShape, z.core.$strict> = z.strictObject(
  Object.fromEntries(kinds.map((kind) => [kind, z.optional(jsonObject)])) as SchemasShape,
)

/** Body of `POST /v1/metadata_schemas/check`: a JSON Schema (draft 2020-12) for each kind that has a rule. */
export const metadataSchemasCheckBody = z.strictObject({ schemas: schemasJson })

/** Body of `PUT /v1/metadata_schemas`: schemas to enforce as the next version, or a version to go back to. */
export const metadataSchemasBody = z.strictObject({
  schemas: z.optional(schemasJson),
  options: z.optional(metadataOptionsJson),
  /** Takes claims that can become larger than a token has room for. */
  allow_large_claims: z.optional(z.boolean()),
  version: z.optional(z.int().check(z.positive())),
  force: z.optional(z.boolean()),
})

/** The rules that hold, and their version; 0 and none before the first. */
export const metadataSchemasJson = z.object({
  object: z.literal('metadata_schemas'),
  version: z.int(),
  schemas: schemasJson,
  /** What is to hold once a job has looked through all users; writes are judged by both until then. */
  pending: z.optional(z.object({ version: z.int(), job_id: z.string() })),
  options: metadataOptionsJson,
  indexes: z.array(metadataIndexJson),
  /** The job that sees to the indexes, where they had to be built. */
  index_job_id: z.optional(z.string()),
  /** Names that look like authorization where users write themselves. */
  warnings: z.array(z.object({ path: z.string(), message: z.string() })),
})

export type MetadataSchemasJson = z.infer<typeof metadataSchemasJson>

/** Reply of `GET /v1/metadata_schemas`: with the versions there are. */
export const metadataSchemasListJson = z.extend(metadataSchemasJson, {
  versions: z.array(z.object({ version: z.int(), created_at: timestamp })),
})

/** Reply of `GET /v1/metadata_schemas/{version}`: what was pushed as that version. */
export const metadataSchemasVersionJson = z.object({
  object: z.literal('metadata_schemas_version'),
  version: z.int(),
  schemas: schemasJson,
  options: metadataOptionsJson,
  created_at: timestamp,
})
export type MetadataSchemasVersionJson = z.infer<typeof metadataSchemasVersionJson>

/** Reply of `POST /v1/metadata_schemas/check`, unless it is a job: how many stored users would break the rules, with examples. */
export const metadataSchemasCheckJson = z.object({
  object: z.literal('metadata_schemas_check'),
  users: z.int(),
  broken: z.int(),
  /** What is wrong with them, the first hundred kinds of it: where, members of arrays by `*`, and which users, at most five. */
  paths: z.array(
    z.object({
      param_name: z.string(),
      path: z.array(z.string()),
      issue: z.string(),
      users: z.int(),
      examples: z.array(z.string()),
    }),
  ),
  examples: z.array(
    z.object({
      user_id: z.string(),
      param_name: z.string(),
      path: z.array(z.union([z.string(), z.int()])),
      issue: z.string(),
    }),
  ),
})

export type MetadataSchemasCheckJson = z.infer<typeof metadataSchemasCheckJson>

/** Reply of `PUT /v1/metadata_schemas`: with status 202 a job, where all users are to be looked through and that takes longer than 10 seconds. */
export const metadataSchemasOrJobJson = z.union([metadataSchemasJson, jobJson])

/** Reply of `POST /v1/metadata_schemas/check`: as above. */
export const metadataSchemasCheckOrJobJson = z.union([metadataSchemasCheckJson, jobJson])
