import type { JsonObject } from '@acme/schema'
import type { JobRow } from '../../storage/rows.ts'
import type { Snapshot, Transaction, Write } from '../../storage/storage.ts'
import { createId } from '../create-id.ts'
import type { Deps } from '../deps.ts'
import { Fault, fault } from '../fault.ts'
import { allJobs, jobList, maxOpenJobs } from './job-list.ts'

/** What a job is to do. */
export interface NewJob {
  readonly kind: string
  /** What it is about, for people. */
  readonly name?: string | undefined
  readonly input: JsonObject
}

/** Plans to have something done in the background. @throws Fault 429 when too much is waiting */
export function openJob(deps: Deps, job: NewJob): Transaction<JobRow> {
  return {
    reads: [allJobs],
    decide(rows) {
      const { writes, row } = addJob(deps, rows, job)
      return { writes, result: row }
    },
  }
}

/** Writes a new job, in a transaction that reads {@link allJobs}. @throws Fault 429 when too much is waiting */
export function addJob(
  deps: Deps,
  rows: Snapshot,
  { kind, name = undefined, input }: NewJob,
): { readonly row: JobRow; readonly writes: readonly Write[] } {
  const list = jobList(rows)
  if (list.open.length >= maxOpenJobs) throw tooMany()
  const now = deps.clock()
  const row: JobRow = {
    id: createId('job', now),
    kind,
    name: name ?? null,
    input,
    status: 'queued',
    done: 0,
    total: null,
    cursor: null,
    result: {},
    error: null,
    createdAt: now,
    startedAt: null,
    updatedAt: now,
    endedAt: null,
    expireAt: null,
  }
  return {
    row,
    writes: [
      { put: 'jobs', row },
      { put: 'jobLists', row: { ...list, open: [...list.open, row.id] } },
    ],
  }
}

function tooMany(): Fault {
  const long = `${maxOpenJobs} jobs wait to be done or are under way. Cancel one, or wait for one to end.`
  const { errors } = fault(429, 'too_many_jobs', 'too many jobs', long)
  return new Fault(429, errors, { outcome: 'not_applied', retryAfter: 30 })
}
