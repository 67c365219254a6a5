import type { JsonObject, Kind } from '@acme/schema'
import {
  jobJson,
  metadataSchemasCheckJson,
  metadataSchemasCheckOrJobJson,
  metadataSchemasListJson,
  metadataSchemasOrJobJson,
  metadataSchemasVersionJson,
} from '@acme/schema/wire'
import { queryOptions } from '@tanstack/react-query'
import * as z from 'zod/mini'
import { api } from './api.ts'
import { following } from './live.ts'

/** A JSON Schema for each kind that has a rule. */
export type Schemas = { readonly [K in Kind]?: JsonObject | undefined }

/** What stored users would break, as a check found it or as a push was refused for it. */
export const brokenJson = z.pick(metadataSchemasCheckJson, { users: true, broken: true, paths: true })
export type Broken = z.infer<typeof brokenJson>

/** The rules that hold, and the versions there are. */
export const schemaVersionsQuery = queryOptions({
  queryKey: ['schemas', 'versions'],
  queryFn: ({ signal }) => api.get('metadata_schemas', metadataSchemasListJson, { signal }),
  refetchInterval: following(10_000),
})

/** What was pushed as a version. */
export function schemaVersionQuery(version: number) {
  return queryOptions({
    queryKey: ['schemas', 'version', version],
    queryFn: ({ signal }) => api.get(`metadata_schemas/${version}`, metadataSchemasVersionJson, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** It answers at once, by a job where all users are to be looked through. */
const headers = { prefer: 'respond-async' }

const doneJson = z.object({ object: z.enum(['metadata_schemas', 'metadata_schemas_check']) })

/** What a question about all users comes to: the job that answers it, or what is known already. */
export type Begun = { readonly job: string } | { readonly found: Broken | undefined }

/** Begins to look for stored users that schemas would refuse. */
export async function beginCheck(schemas: Schemas): Promise<Begun> {
  return toBegun(
    await api.post('metadata_schemas/check', metadataSchemasCheckOrJobJson, { body: { schemas }, headers }),
  )
}

/** What is pushed: new schemas with what goes with them, or a version to go back to. */
export type Push = { readonly schemas: Schemas; readonly options: object } | { readonly version: number }

/** Begins to have schemas hold, once no stored user breaks them. */
export async function beginPush(push: Push): Promise<Begun> {
  return toBegun(await api.put('metadata_schemas', metadataSchemasOrJobJson, { body: push, headers }))
}

function toBegun(reply: unknown): Begun {
  const job = z.safeParse(jobJson, reply)
  if (job.success) return { job: job.data.id }
  z.parse(doneJson, reply)
  const found = z.safeParse(brokenJson, reply)
  return { found: found.success ? found.data : undefined }
}
