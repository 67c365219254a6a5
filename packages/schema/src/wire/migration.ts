import * as z from 'zod/mini'
import { jobJson } from './job.ts'
import { timestamp } from './json-object.ts'
import { metadataParamsShape } from './metadata.ts'
import { metadataOptionsJson } from './metadata-options.ts'
import { schemasJson } from './metadata-schemas.ts'
import { backendUserJson } from './user.ts'

/** Body of `POST /v1/metadata_migrations`: the JSON Schemas that users are brought from and to. */
export const migrationBody = z.strictObject({
  name: z.string().check(z.regex(/^[\w.-]{1,64}$/)),
  direction: z.enum(['up', 'down']),
  from: schemasJson,
  to: schemasJson,
  /** What is declared with `to`, and holds with it. Absent where nothing is: what there is stays. */
  options: z.optional(metadataOptionsJson),
  /** Takes claims that can become larger than a token has room for. */
  allow_large_claims: z.optional(z.boolean()),
})
export type MigrationBody = z.infer<typeof migrationBody>

/** A place on the way through all users. */
export const migrationPosition = z.strictObject({
  created_at: timestamp,
  id: z.string().check(z.maxLength(80)),
  done: z.int().check(z.minimum(0)),
})
export type MigrationPosition = z.infer<typeof migrationPosition>

/** Body of `POST /v1/metadata_migrations/{id}/next`. */
export const migrationNextBody = z.strictObject({
  /** All users up to there are through: whoever goes on later begins behind it. */
  through: z.optional(migrationPosition),
  /** Where to begin, without that. */
  after: z.optional(migrationPosition),
})
export type MigrationNextBody = z.infer<typeof migrationNextBody>

/** Reply of `POST /v1/metadata_migrations/{id}/next`. */
export const migrationNextJson = z.object({
  job: jobJson,
  data: z.array(
    z.object({
      user: backendUserJson,
      /** By the app's function; to what is `before`; or not at all, since they have the form already. */
      by: z.enum(['function', 'before', 'none']),
      before: z.nullable(z.object(metadataParamsShape('backend'))),
    }),
  ),
  /** To be given as `through` once these are through. */
  position: migrationPosition,
  has_more: z.boolean(),
})
export type MigrationNextJson = z.infer<typeof migrationNextJson>

/** Body of `PUT /v1/metadata_migrations/{id}/users/{user_id}`: each kind whole that the migration changes. */
export const migrateUserBody = z.strictObject(metadataParamsShape('backend'))
export type MigrateUserBody = z.infer<typeof migrateUserBody>
