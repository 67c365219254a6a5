import type { JobJson } from '@acme/schema/wire'
import type { JobRow } from '../../storage/rows.ts'

/** Shows a job. */
export function jobJson(job: JobRow): JobJson {
  return {
    object: 'job',
    id: job.id,
    kind: job.kind,
    name: job.name,
    status: job.status,
    progress: { done: job.done, total: job.total },
    result: job.result,
    error: job.error,
    created_at: job.createdAt,
    started_at: job.startedAt,
    updated_at: job.updatedAt,
    ended_at: job.endedAt,
  }
}
