import type { JobRow } from '../../storage/rows.ts'
import type { Transaction } from '../../storage/storage.ts'
import { StorageError } from '../../storage/storage-error.ts'
import type { Deps } from '../deps.ts'
import { Fault, toFault } from '../fault.ts'
import { assertLease, type Lease, LeaseLost, leaseKey } from '../lease.ts'
import { ended, failJob } from './end-job.ts'
import type { JobKinds, JobStep } from './job-kind.ts'
import { isOver, jobKey } from './job-list.ts'

/** What running a job takes. */
export interface JobRun {
  readonly deps: Deps
  readonly kinds: JobKinds
  /** Makes the lease anew, from now on. */
  makeLease(): Lease
  /** Whether no other step is to be begun. */
  isStopped(): boolean
}

declare const setTimeout: (run: () => void, milliseconds: number) => unknown

/**
 * Takes one step of a job after another, with a turn of the event loop for everybody else between them, until it is over
 * or this process is to stop.
 *
 * @throws LeaseLost when another process has taken it over
 * @throws StorageError when the storage cannot go on now; the job stays open
 */
export async function runJob(run: JobRun, id: string): Promise<void> {
  const { deps, kinds, makeLease, isStopped } = run
  while (!isStopped()) {
    const job = await deps.storage.find('jobs', id)
    const kind = job && kinds[job.kind]
    if (!kind || isOver(job) || kind.isDriven?.(job)) return
    try {
      const after = await deps.storage.transact(takeStep(deps, id, makeLease(), await kind.step(deps, job)))
      if (isOver(after)) return
    } catch (error) {
      if (error instanceof LeaseLost || error instanceof StorageError) throw error
      await deps.storage.transact(failJob(deps, kinds, job, makeLease(), describe(deps, error)))
      return
    }
    await new Promise<void>((resolve) => setTimeout(resolve, 0))
  }
}

/** Plans what a step does and where the next one goes on, as one, and to keep the lease. */
function takeStep(deps: Deps, id: string, lease: Lease, { reads, decide }: JobStep): Transaction<JobRow> {
  return {
    reads: [jobKey(id), leaseKey(lease), ...reads],
    decide(rows) {
      assertLease(rows, lease)
      const job = rows.get('jobs', id)
      if (!job) throw new LeaseLost()
      // It was cancelled while the step was made: nothing of it is written.
      if (isOver(job)) return { writes: [], result: job }
      const { writes = [], cursor, done, total = job.total, result = job.result, isLast, error } = decide(rows, job)
      const now = deps.clock()
      const next: JobRow = {
        ...job,
        status: 'running',
        cursor,
        done,
        total,
        result,
        startedAt: job.startedAt ?? now,
        updatedAt: now,
      }
      const row = error ? ended(next, 'failed', now, error) : isLast ? ended(next, 'done', now) : next
      const kept = { id: lease.name, holder: lease.holder, expireAt: lease.until }
      return { writes: [...writes, { put: 'jobs', row }, { put: 'leases', row: kept }], result: row }
    },
  }
}

/** What is told of why a job failed: what a fault says, which holds no value. */
function describe(deps: Deps, error: unknown): JobRow['error'] {
  const known = toFault(error)
  const [first] = known instanceof Fault ? known.errors : []
  if (first) return { code: first.code, message: first.long_message ?? first.message }
  deps.report(error)
  return { code: 'internal_clerk_error', message: 'The server failed; its log names the cause.' }
}
