import { isId } from '@acme/schema'
import { emptyBody } from '@acme/schema/wire'
import { Hono } from 'hono'
import { notFound } from '../domain/fault.ts'
import { cancelJob } from '../domain/jobs/end-job.ts'
import { jobJson } from '../domain/jobs/job-json.ts'
import { jobKinds } from '../domain/jobs/job-kinds.ts'
import { listJobs } from '../domain/jobs/job-list.ts'
import { commit, rowsOf } from '../http/commit.ts'
import { validate } from '../http/validate.ts'
import type { Instance } from '../instance.ts'
import type { JobRow } from '../storage/rows.ts'
import { type BackendContext, type BackendEnv, reply } from './backend-env.ts'

/** `/v1/jobs` of the Backend API: what is done in the background, and how far it has come. */
export function jobs(instance: Instance): Hono<BackendEnv> {
  const show = (job: JobRow) => ({ json: jobJson(job) })
  const find = async (c: BackendContext): Promise<JobRow> => {
    const id = c.req.param('id') ?? ''
    const job = isId('job', id) ? await instance.storage.find('jobs', id) : undefined
    if (!job) throw notFound('job', id)
    return job
  }

  return new Hono<BackendEnv>()
    .get('/', async () => {
      const data = (await listJobs(instance)).map(jobJson)
      return reply({ json: { data, total_count: data.length } })
    })
    .get('/:id', async (c) => reply(show(await find(c))))
    .post('/:id/cancel', async (c) => {
      validate(emptyBody, c.env.params, 'backend')
      const job = await find(c)
      const makePlan = () => cancelJob(instance, jobKinds, job)
      return reply(
        await commit(instance, { makePlan, toReply: show, repeatable: c.env.repeatable, subject: rowsOf('jobs') }),
      )
    })
}
