import { setTimeout } from 'node:timers/promises'
import type { JobJson } from '@acme/schema/wire'
import { BackendRefusal, type CallBackend } from './connect-backend.ts'
import { createProgress } from './progress.ts'

/** How often a job is looked at, in milliseconds: soon at first, for most are short. */
const firstPause = 20
const longestPause = 500

/** For how long a server that does not answer is asked again, in milliseconds: it may be starting anew. */
const patience = 60_000

/** Whether nothing is done for a job any more. */
export function isJobOver({ status }: JobJson): boolean {
  return status === 'done' || status === 'failed' || status === 'cancelled'
}

/**
 * Waits until a job is over, shows how far it has come, and goes on waiting where the server is started anew meanwhile.
 *
 * @throws BackendRefusal when there is no such job; Error when the server stays away
 */
export async function waitForJob(call: CallBackend, id: string): Promise<JobJson> {
  const progress = createProgress('looking at users')
  let answeredAt = Date.now()
  try {
    for (let pause = firstPause; ; pause = Math.min(longestPause, 2 * pause)) {
      try {
        const job = (await call('GET', `/v1/jobs/${encodeURIComponent(id)}`)) as unknown as JobJson
        answeredAt = Date.now()
        if (isJobOver(job)) return job
        const { done, total } = job.progress
        progress.show(done, total === null ? undefined : Math.min(1, done / Math.max(1, total)))
      } catch (error) {
        const isSaid = error instanceof BackendRefusal && error.status < 500 && error.status !== 429
        if (isSaid || Date.now() - answeredAt > patience) throw error
      }
      await setTimeout(pause)
    }
  } finally {
    progress.end()
  }
}
