import * as z from 'zod/mini'
import { timestamp } from './json-object.ts'

/** What one process of the server did in one minute. */
export const overviewMinuteJson = z.object({
  at: timestamp,
  requests: z.int(),
  /** Changes of users that were written. */
  writes: z.int(),
  sign_ups: z.int(),
  sign_ins: z.int(),
  /** Requests that were refused (4xx). */
  client_errors: z.int(),
  /** Requests that the server failed at (5xx). */
  server_errors: z.int(),
  /** Within what time half of the requests, and 99 of 100, were answered; null where there were none. */
  p50_ms: z.nullable(z.number()),
  p99_ms: z.nullable(z.number()),
})
export type OverviewMinuteJson = z.infer<typeof overviewMinuteJson>

/** Reply of `GET /v1/overview`: how the instance is, and what the process that answers did of late. */
export const overviewJson = z.object({
  object: z.literal('overview'),
  now: timestamp,
  /** When the process that answers began. */
  started_at: timestamp,
  users: z.int(),
  storage: z.enum(['memory', 'sqlite', 'postgres']),
  /** What the database takes on its disk; null where nothing is on one. */
  database_bytes: z.nullable(z.int()),
  server_version: z.string(),
  instance_type: z.enum(['test', 'live']),
  /** The version of the schemas that holds; 0 before the first was pushed. */
  metadata_schemas_version: z.int(),
  /** How many pages this process keeps current. */
  open_streams: z.int(),
  /** The last six hours at most, the oldest first. */
  minutes: z.array(overviewMinuteJson),
  /** What should be seen to, the worst first. */
  warnings: z.array(
    z.object({
      code: z.string(),
      message: z.string(),
      /** Which one it is about: a path of metadata, or an id. */
      place: z.nullable(z.string()),
    }),
  ),
})
export type OverviewJson = z.infer<typeof overviewJson>
