import { type Background, createBackground } from '../background.ts'
import type { Deps } from '../deps.ts'
import { type Lease, LeaseLost, releaseLease, takeLease } from '../lease.ts'
import { isOurs, type JobKinds } from './job-kind.ts'
import { allJobs, fileJobs, isOver } from './job-list.ts'
import { runJob } from './run-job.ts'

/** What a worker is made of. */
export interface JobWorkerOptions {
  readonly deps: Deps
  readonly kinds: JobKinds
  /** For how long a process takes a job upon itself, from each step on, in milliseconds. @default 5_000 */
  readonly lease?: number | undefined
}

/** How many jobs a process is at at once, a step of each in turn. */
const atOnce = 2

/** Makes what does the jobs, oldest first. Any number of processes may have one; each job is done by one at a time. */
export function createJobWorker({ deps, kinds, lease: duration = 5_000 }: JobWorkerOptions): Background {
  const { storage, clock, report } = deps
  const holder = crypto.randomUUID()
  const background = createBackground({ look, report })
  const isStopped = () => background.signal.aborted

  async function look(): Promise<void> {
    const list = await storage.find(allJobs.collection, allJobs.id)
    const over: string[] = []
    for (const id of list?.open ?? []) {
      const job = await storage.find('jobs', id)
      if (!job || isOver(job)) over.push(id)
      else if (isOurs(kinds, job) && isFree(id) && !(await isTaken(id)) && isFree(id)) {
        background.begin(id, () => work(id))
      }
    }
    if (over.length > 0) await fileJobs(storage, over)
  }

  function isFree(id: string): boolean {
    return background.size < atOnce && !background.isUnderWay(id) && !background.signal.aborted
  }

  async function isTaken(id: string): Promise<boolean> {
    const held = await storage.find('leases', id)
    return held !== undefined && held.holder !== holder && held.expireAt > clock()
  }

  /** Does a job; false where another process does, or will. */
  async function work(id: string): Promise<boolean> {
    const makeLease = (): Lease => ({ name: id, holder, until: clock() + duration })
    if (!(await storage.transact(takeLease(makeLease(), clock())))) return false
    try {
      await runJob({ deps, kinds, makeLease, isStopped }, id)
    } catch (error) {
      if (!(error instanceof LeaseLost)) report(error)
      return false
    } finally {
      await storage.transact(releaseLease(makeLease())).catch(report)
    }
    return true
  }

  return background
}
