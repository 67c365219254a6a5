import { AcmeError, assertId, type CallOptions, type JsonObject, type LooseJson, toAppNames } from '@acme/schema'
import type { Http } from '@acme/transport'

/** Work over many users that the server does in the background. */
export interface Job {
  readonly id: string
  /** What kind of work, such as `metadata_schemas_push`. */
  readonly kind: string
  /** What it is about, for people. */
  readonly name: string | null
  readonly status: 'queued' | 'running' | 'done' | 'failed' | 'cancelled'
  /** How many users it is through with, and of how many; null until they are counted. */
  readonly progress: { readonly done: number; readonly total: number | null }
  /** What it has found out so far, by its kind; never a value of metadata. */
  readonly result: JsonObject
  /** Why it failed. */
  readonly error: { readonly code: string; readonly message: string } | null
  readonly createdAt: Date
  readonly startedAt: Date | null
  readonly updatedAt: Date
  readonly endedAt: Date | null
}

/** How to wait for a job. */
export interface WaitOptions extends Pick<CallOptions, 'signal'> {
  /** Called with each state of the job that is seen. */
  readonly onProgress?: ((job: Job) => void) | undefined
  /** How often to look, in milliseconds. @default 1_000 */
  readonly interval?: number | undefined
}

/** What the server does in the background. Needs `@acme/server`. */
export interface Jobs {
  /** Those that are not over and those of the last thirty days, newest first; 120 at the most. */
  list(options?: CallOptions): Promise<readonly Job[]>
  /** One job, as it stands. Throws `resource_not_found` when it is none, or is forgotten. */
  get(jobId: string, options?: CallOptions): Promise<Job>
  /** Ends a job before it is done: nothing of it is written from then on. One that is over stays as it is. */
  cancel(jobId: string, options?: CallOptions): Promise<Job>
  /**
   * Waits until a job is over, however it ends.
   *
   * @throws AcmeError `aborted` by its signal, which leaves the job alone; and what a call throws
   *
   * @example
   * const { status, result } = await jobs.wait(id, { onProgress: ({ progress }) => show(progress) })
   */
  wait(jobId: string, options?: WaitOptions): Promise<Job>
}

const overs: ReadonlySet<Job['status']> = new Set(['done', 'failed', 'cancelled'])

/** Makes the jobs of an instance. */
export function createJobs(http: Http): Jobs {
  async function ask(method: 'GET' | 'POST', path: string, options?: CallOptions): Promise<LooseJson> {
    // To be cancelled twice is to be cancelled.
    const reply = await http.send({
      ...options,
      method,
      path: `jobs${path}`,
      isRead: method === 'GET',
      isRepeatable: true,
    })
    return reply.json as LooseJson
  }
  const at = (jobId: string) => {
    assertId('job', jobId)
    return `/${jobId}`
  }

  return {
    async list(options) {
      const { data } = await ask('GET', '', options)
      return (data as LooseJson[]).map((json) => toAppNames<Job>(json))
    },
    async get(jobId, options) {
      return toAppNames<Job>(await ask('GET', at(jobId), options))
    },
    async cancel(jobId, options) {
      return toAppNames<Job>(await ask('POST', `${at(jobId)}/cancel`, options))
    },
    async wait(jobId, { onProgress, interval = 1_000, signal } = {}) {
      for (;;) {
        const job = await this.get(jobId, { signal })
        onProgress?.(job)
        if (overs.has(job.status)) return job
        await pause(interval, signal)
      }
    },
  }
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(new AcmeError({ code: 'aborted', message: 'The waiting was ended by its signal.', cause: signal?.reason }))
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, milliseconds)
    signal?.addEventListener('abort', stop, { once: true })
    if (signal?.aborted) stop()
  })
}
