import * as z from 'zod/mini'
import { jsonObject, timestamp } from './json-object.ts'

const name = z.string().check(z.regex(/^[\w-]{1,64}$/))

const settings = {
  /** How long its tokens live, in seconds. @default 60 */
  lifetime: z.optional(z.nullable(z.int().check(z.minimum(30), z.maximum(315_360_000)))),
  /** How much earlier they are good, for clocks that are behind, in seconds. @default 5 */
  allowed_clock_skew: z.optional(z.nullable(z.int().check(z.minimum(0), z.maximum(300)))),
  /** Refused unless it is false: tokens are signed by the key of the instance. */
  custom_signing_key: z.optional(z.nullable(z.boolean())),
  signing_algorithm: z.optional(z.nullable(z.string())),
  signing_key: z.optional(z.nullable(z.string())),
}

/** Body of `POST /v1/jwt_templates`. */
export const createJwtTemplateBody = z.strictObject({ ...settings, name, claims: jsonObject })
export type CreateJwtTemplateBody = z.infer<typeof createJwtTemplateBody>

/** Body of `PATCH /v1/jwt_templates/{id}`. */
export const updateJwtTemplateBody = z.strictObject({
  ...settings,
  name: z.optional(name),
  claims: z.optional(jsonObject),
})
export type UpdateJwtTemplateBody = z.infer<typeof updateJwtTemplateBody>

/** What the tokens of a name say: a JSON object with shortcodes, such as `{{user.public_metadata.plan}}`, in its texts. */
export const jwtTemplateJson = z.object({
  object: z.literal('jwt_template'),
  id: z.string(),
  name: z.string(),
  claims: jsonObject,
  lifetime: z.int(),
  allowed_clock_skew: z.int(),
  custom_signing_key: z.literal(false),
  signing_algorithm: z.literal('RS256'),
  created_at: timestamp,
  updated_at: timestamp,
})
export type JwtTemplateJson = z.infer<typeof jwtTemplateJson>

/** Reply of `GET /v1/jwt_templates`: a bare array, and a page with `paginated=true`. */
export const jwtTemplatesJson = z.union([
  z.array(jwtTemplateJson),
  z.object({ data: z.array(jwtTemplateJson), total_count: z.int() }),
])
