import * as z from 'zod/mini'
import { jsonObject, timestamp } from './json-object.ts'

/** Work over many users that the server does in the background: how far it has come, and what it found out. */
export const jobJson = z.object({
  object: z.literal('job'),
  id: z.string(),
  /** What kind of work, such as `metadata_schemas_push`. */
  kind: z.string(),
  /** What it is about, for people. */
  name: z.nullable(z.string()),
  status: z.enum(['queued', 'running', 'done', 'failed', 'cancelled']),
  /** How many users it is through with, and of how many there were when they were counted; null before that. */
  progress: z.object({ done: z.int(), total: z.nullable(z.int()) }),
  /** What it has found out so far, by its kind; never a value of metadata. */
  result: jsonObject,
  /** Why it failed. */
  error: z.nullable(z.object({ code: z.string(), message: z.string() })),
  created_at: timestamp,
  started_at: z.nullable(timestamp),
  updated_at: timestamp,
  ended_at: z.nullable(timestamp),
})
export type JobJson = z.infer<typeof jobJson>

/** Reply of `GET /v1/jobs`: newest first. */
export const jobsJson = z.object({ data: z.array(jobJson), total_count: z.int() })
