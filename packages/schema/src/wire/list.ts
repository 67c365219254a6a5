import * as z from 'zod/mini'
import { backendUserJson } from './user.ts'

/** Reply of `GET /v1/users`: a bare array. */
export const userListJson = z.array(backendUserJson)

/** Reply of `GET /v1/users/count`. */
export const totalCountJson = z.object({ object: z.literal('total_count'), total_count: z.int() })
export type TotalCountJson = z.infer<typeof totalCountJson>

/** Reply of a `DELETE`. */
export const deletedJson = z.object({
  object: z.string(),
  id: z.string(),
  deleted: z.literal(true),
  external_id: z.optional(z.string()),
})
export type DeletedJson = z.infer<typeof deletedJson>
