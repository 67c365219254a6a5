import { type JobJson, metadataSchemasBody, metadataSchemasCheckBody } from '@acme/schema/wire'
import { Hono } from 'hono'
import { assertUsableClaims } from '../domain/claims/assert-claims.ts'
import { authorizationNames } from '../domain/claims/authorization-names.ts'
import { type Fault, fault, notFound } from '../domain/fault.ts'
import { jobJson } from '../domain/jobs/job-json.ts'
import { isOver } from '../domain/jobs/job-list.ts'
import { checkOf, checkSchemas } from '../domain/metadata/check-schemas.ts'
import { assertUsableOptions } from '../domain/metadata/indexes/declared-indexes.ts'
import { indexJson } from '../domain/metadata/indexes/index-json.ts'
import { activeSchemas, assertUsableSchemas, listSchemas } from '../domain/metadata/metadata-schemas.ts'
import { forceSchemas, pushSchemas, type WantedSchemas } from '../domain/metadata/push-schemas.ts'
import { brokenFault } from '../domain/metadata/schema-check.ts'
import { commit, rowsOf } from '../http/commit.ts'
import { jsonResponse, type Reply } from '../http/reply.ts'
import { validate } from '../http/validate.ts'
import type { Instance } from '../instance.ts'
import type { JobRow, MetadataSchemasRow } from '../storage/rows.ts'
import type { Transaction } from '../storage/storage.ts'
import { type BackendContext, type BackendEnv, reply } from './backend-env.ts'
import { waitForJob } from './wait-for-job.ts'

/** `/v1/metadata_schemas` of the Backend API: the rules this server enforces on every write of metadata. */
export function metadataSchemas(instance: Instance): Hono<BackendEnv> {
  /** Begins a job and answers what comes of it, or, where that takes longer than a request may, the job. */
  const runJob = async (
    c: BackendContext,
    makePlan: () => Transaction<JobRow> | Promise<Transaction<JobRow>>,
    toDone: (job: JobRow) => Promise<Reply>,
  ) => {
    const toReply = (job: JobRow) => ({ json: jobJson(job) })
    const begun = await commit(instance, {
      makePlan,
      toReply,
      repeatable: c.env.repeatable,
      subject: rowsOf('jobs'),
    })
    const { id } = begun.json as JobJson
    const job = await waitForJob(instance, c.req.raw, id)
    if (!job) throw notFound('job', id)
    if (!isOver(job)) return jsonResponse(JSON.stringify(jobJson(job)), 202)
    if (job.status !== 'done') throw faultOf(job)
    return reply(await toDone(job))
  }

  return new Hono<BackendEnv>()
    .get('/', async () => {
      const active = await instance.storage.find(activeSchemas.collection, activeSchemas.id)
      const versions = await listSchemas(instance, active?.latest ?? 0)
      const list = versions.map(({ version, createdAt }) => ({ version, created_at: createdAt }))
      return reply({ json: { ...schemasJson(active), versions: list } })
    })
    .get('/:version', async (c) => {
      const version = c.req.param('version')
      const row = /^[1-9]\d{0,14}$/.test(version) ? await instance.storage.find('metadataSchemas', version) : undefined
      if (!row) throw notFound('version of the schemas', version)
      const { schemas, options = {}, createdAt } = row
      const shown = {
        object: 'metadata_schemas_version',
        version: row.version,
        schemas,
        options,
        created_at: createdAt,
      }
      return reply({ json: shown })
    })
    .put('/', async (c) => {
      const { schemas, options, version, force, ...body } = validate(metadataSchemasBody, c.env.params, 'backend')
      const wanted: WantedSchemas | undefined =
        version === undefined
          ? schemas && { pushed: { schemas, options } }
          : (schemas ?? options)
            ? undefined
            : { version }
      if (!wanted)
        throw fault(422, 'form_data_missing', 'missing data', 'Give schemas to push, or a version to go back to.')
      const check = async () => {
        const earlier = 'version' in wanted && (await instance.storage.find('metadataSchemas', `${wanted.version}`))
        assertUsableSchemas('version' in wanted ? ((earlier || undefined)?.schemas ?? {}) : wanted.pushed.schemas)
        assertUsableOptions(options ?? {})
        if (options?.claims) assertUsableClaims(options.claims, schemas ?? {}, body.allow_large_claims ?? false)
      }
      if (!force) {
        const makePlan = async () => {
          await check()
          return pushSchemas(instance, wanted)
        }
        return runJob(c, makePlan, async (job) => {
          instance.claims.forget()
          const version = String(job.input['version'])
          const active = await instance.storage.find(activeSchemas.collection, activeSchemas.id)
          const holds = String(active?.version) === version
          return { json: schemasJson(holds ? active : await instance.storage.find('metadataSchemas', version)) }
        })
      }
      const makePlan = async () => {
        await check()
        return forceSchemas(instance, wanted)
      }
      const toReply = (row: MetadataSchemasRow) => ({ json: schemasJson(row) })
      const done = await commit(instance, { makePlan, toReply, repeatable: c.env.repeatable })
      instance.claims.forget()
      return reply(done)
    })
    .post('/check', async (c) => {
      const { schemas } = validate(metadataSchemasCheckBody, c.env.params, 'backend')
      assertUsableSchemas(schemas)
      return runJob(
        c,
        () => checkSchemas(instance, schemas),
        async (job) => ({ json: { object: 'metadata_schemas_check', ...checkOf(job) } }),
      )
    })
}

/** What a job that did not come to its end is answered by. */
function faultOf(job: JobRow): Fault {
  const broken = brokenFault(checkOf(job))
  if (broken && broken.errors[0]?.code === job.error?.code) return broken
  const { code, message } = job.error ?? { code: 'job_cancelled', message: `${job.id} was cancelled.` }
  return fault(job.error ? 500 : 409, code, 'was not done', message, { job_id: job.id })
}

function schemasJson(row: MetadataSchemasRow | undefined): object {
  const pending = row?.pending && { version: row.pending.version, job_id: row.pending.jobId }
  return {
    object: 'metadata_schemas',
    version: row?.version ?? 0,
    schemas: row?.schemas ?? {},
    options: row?.options ?? {},
    indexes: (row?.indexes ?? []).map(indexJson),
    ...(row?.indexJobId && { index_job_id: row.indexJobId }),
    ...(pending && { pending }),
    warnings: authorizationNames(row?.schemas ?? {}, row?.options?.claims),
  }
}
