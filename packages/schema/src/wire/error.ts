import * as z from 'zod/mini'
import { jsonObject } from './json-object.ts'

/** One entry of an error reply. `meta.param_name` names the parameter it is about. */
export const errorItemJson = z.object({
  code: z.string(),
  message: z.string(),
  long_message: z.string(),
  meta: z.optional(jsonObject),
})
export type ErrorItemJson = z.infer<typeof errorItemJson>

/** The body of every error reply. */
export const errorJson = z.object({
  errors: z.array(errorItemJson),
  clerk_trace_id: z.string(),
  meta: z.optional(jsonObject),
})
export type ErrorJson = z.infer<typeof errorJson>
