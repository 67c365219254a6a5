import { isOver } from '../domain/jobs/job-list.ts'
import type { Instance } from '../instance.ts'
import type { JobRow } from '../storage/rows.ts'

/** For how long a request waits for what is done in the background, in milliseconds. */
const longestWait = 10_000
const longestPause = 100

declare const setTimeout: (run: () => void, milliseconds: number) => unknown

/**
 * Waits for a while until a job is over; gives it as it stands then. A caller who says `Prefer: respond-async` (RFC 7240)
 * does not wait.
 */
export async function waitForJob({ storage }: Instance, request: Request, id: string): Promise<JobRow | undefined> {
  const isAsync = /(^|,)\s*respond-async\s*(,|;|$)/i.test(request.headers.get('prefer') ?? '')
  const until = Date.now() + (isAsync ? 0 : longestWait)
  for (let pause = 1; ; pause = Math.min(longestPause, 2 * pause)) {
    const job = await storage.find('jobs', id)
    if (!job || isOver(job) || Date.now() >= until) return job
    await new Promise<void>((resolve) => setTimeout(resolve, pause))
  }
}
