import * as z from 'zod/mini'
import { type Kind, kinds } from '../visibility.ts'
import { jsonObject } from './json-object.ts'

type SchemasShape = { [K in Kind]: z.ZodMiniOptional<typeof jsonObject> }

const schemas: z.ZodMiniObject<SchemasShape, z.core.$strict> = z.strictObject(
  Object.fromEntries(kinds.map((kind) => [kind, z.optional(jsonObject)])) as SchemasShape,
)

/** Body of `POST /v1/metadata_schemas/check`: a JSON Schema (draft 2020-12) for each kind that has a rule. */
export const metadataSchemasCheckBody = z.strictObject({ schemas })

/** Body of `PUT /v1/metadata_schemas`: schemas to enforce as the next version, or a version to go back to. */
export const metadataSchemasBody = z.strictObject({
  schemas: z.optional(schemas),
  version: z.optional(z.int().check(z.positive())),
  force: z.optional(z.boolean()),
})
