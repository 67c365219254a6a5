import type { Background } from './domain/background.ts'
import type { Deps } from './domain/deps.ts'
import { jobKinds } from './domain/jobs/job-kinds.ts'
import { createJobWorker } from './domain/jobs/job-worker.ts'
import { tellWrites } from './live/tell-writes.ts'
import type { Storage } from './storage/storage.ts'

/** How work over many users is done in the background. */
export interface JobOptions {
  /**
   * How often to look for what another process has left undone, in milliseconds, besides after each commit of this one.
   *
   * @default never: it is looked for now and then as requests come, and when somebody calls `runJobs`
   */
  readonly pollInterval?: number | undefined
  /** For how long a process takes a job upon itself, from each step on, in milliseconds. @default 5_000 */
  readonly lease?: number | undefined
}

/** The doing of a server's jobs. */
export interface Jobs {
  /** The server's storage, whose commits wake whoever does them. */
  readonly storage: Storage
  begin(deps: Deps): void
  nudge(): void
  settled(): Promise<void>
  close(): Promise<void>
}

declare const setInterval: (run: () => void, milliseconds: number) => unknown
declare const clearInterval: (timer: unknown) => void

/** Starts what does the jobs. */
export function startJobs(storage: Storage, { pollInterval, lease }: JobOptions = {}): Jobs {
  let worker: Background | undefined
  let timer: ReturnType<typeof setInterval> | undefined
  const nudge = () => worker?.nudge()
  return {
    storage: tellWrites(
      storage,
      () => worker !== undefined,
      (writes) => {
        if (writes.some((write) => 'put' in write && write.put === 'jobLists')) nudge()
      },
    ),
    begin(deps) {
      worker = createJobWorker({ deps, kinds: jobKinds, lease })
      if (pollInterval !== undefined) timer = setInterval(nudge, pollInterval)
      nudge()
    },
    nudge,
    async settled() {
      await worker?.settled()
    },
    async close() {
      clearInterval(timer)
      await worker?.close()
    },
  }
}
