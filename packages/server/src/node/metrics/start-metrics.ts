import type { Server, ServerOptions } from '../../create-server.ts'
import { listJobs } from '../../domain/jobs/job-list.ts'
import { oldestPending } from '../../domain/webhooks/oldest-pending.ts'
import type { Answering } from '../../http/answer.ts'
import type { Storage } from '../../storage/storage.ts'
import { createMetrics } from './metrics.ts'
import { type MetricsAddress, type ServedMetrics, serveMetrics } from './serve-metrics.ts'

type Counted = Pick<ServerOptions, 'passwords' | 'log' | 'onFault'>

/** Metrics of a server that is about to start. */
export interface StartedMetrics extends ServedMetrics {
  /** Counts what is written to a storage. */
  storage(storage: Storage): Storage
  /** Counts what the options of a server tell and take. */
  options<Options extends Counted>(options: Options): Options
  /** Counts what a server answers, and from now on tells of it, too. */
  serve(server: Pick<Server, 'openStreams'>, storage: Storage, answering: Answering): Answering
}

/** Begins to count, and to serve what was counted. It rejects when the port is taken. */
export async function startMetrics(address: MetricsAddress): Promise<StartedMetrics> {
  const metrics = await createMetrics()
  const served = await serveMetrics(metrics, address)
  return {
    ...served,
    storage: metrics.storage,
    options: (options) => ({
      ...options,
      ...(options.passwords && { passwords: metrics.passwords(options.passwords) }),
      log(entry) {
        metrics.logged(entry)
        options.log?.(entry)
      },
      onFault(report) {
        metrics.faulted()
        options.onFault?.(report)
      },
    }),
    serve(server, storage, answering) {
      metrics.watch({
        streams: () => server.openStreams,
        jobs: () => listJobs({ storage }),
        oldestEvent: () => oldestPending(storage),
      })
      return metrics.answering(answering)
    },
  }
}
