import type { JobRow } from '../../storage/rows.ts'
import type { Transaction } from '../../storage/storage.ts'
import type { Deps } from '../deps.ts'
import { notFound } from '../fault.ts'
import { assertLease, type Lease, leaseKey } from '../lease.ts'
import type { JobKinds, JobUndo } from './job-kind.ts'
import { isOver, jobAfterlife, jobKey } from './job-list.ts'

/** A job as it is once it is over. */
export function ended(job: JobRow, status: JobRow['status'], now: number, error: JobRow['error'] = null): JobRow {
  return { ...job, status, error, updatedAt: now, endedAt: now, expireAt: now + jobAfterlife }
}

/**
 * Plans to end a job before its last step. From then on nothing of it is written any more, whoever is at it; one that is
 * over already stays as it is.
 *
 * @throws Fault 404, or what its kind says against it
 */
export function cancelJob(deps: Deps, kinds: JobKinds, job: JobRow): Transaction<JobRow> {
  return endEarly(kinds, job, (row) => ended(row, 'cancelled', deps.clock()))
}

/** Plans to end a job that cannot be done, by who holds its lease. @throws LeaseLost */
export function failJob(
  deps: Deps,
  kinds: JobKinds,
  job: JobRow,
  lease: Lease,
  error: JobRow['error'],
): Transaction<JobRow> {
  const plan = endEarly(kinds, job, (row) => ended(row, 'failed', deps.clock(), error))
  return {
    reads: [...plan.reads, leaseKey(lease)],
    decide(rows) {
      assertLease(rows, lease)
      return plan.decide(rows)
    },
  }
}

const nothingToUndo: JobUndo = { reads: [], decide: () => [] }

function endEarly(kinds: JobKinds, job: JobRow, end: (row: JobRow) => JobRow): Transaction<JobRow> {
  const undo = kinds[job.kind]?.undo?.(job) ?? nothingToUndo
  return {
    reads: [jobKey(job.id), ...undo.reads],
    decide(rows) {
      const row = rows.get('jobs', job.id)
      if (!row) throw notFound('job', job.id)
      if (isOver(row)) return { writes: [], result: row }
      const result = end(row)
      return { writes: [...undo.decide(rows, row), { put: 'jobs', row: result }], result }
    },
  }
}
