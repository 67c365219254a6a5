import type { LogEntry } from '../../app.ts'
import type { Passwords } from '../../auth/passwords.ts'
import type { Answering } from '../../http/answer.ts'
import type { Storage, Write } from '../../storage/storage.ts'
import { StorageError } from '../../storage/storage-error.ts'
import { methodOf, routeOf } from './route-of.ts'

/** What is asked each time that somebody looks. */
export interface Gauges {
  /** How many pages are kept current. */
  streams(): number
  /** The jobs that are not over. */
  jobs(): Promise<readonly { readonly status: string }[]>
  /** When the oldest event happened that waits to be sent to an endpoint, in milliseconds since the epoch. */
  oldestEvent(): Promise<number | undefined>
}

/** A text of metrics, and what it is. */
export interface Exposition {
  readonly contentType: string
  readonly text: string
}

/** What this process does, counted for Prometheus. No label has a value that users or strangers can make up. */
export interface Metrics {
  /** Counts what is answered. */
  answering(answer: Answering): Answering
  /** Counts what was refused, by the stable code that it was refused with. */
  logged(entry: LogEntry): void
  /** Counts a fault that no reply tells of. */
  faulted(): void
  /** Counts what is written, and what the database could not do. */
  storage(storage: Storage): Storage
  /** Counts how many passwords are computed, and wait to be. */
  passwords(passwords: Passwords): Passwords
  /** Has more to be asked whenever somebody looks. */
  watch(gauges: Gauges): void
  /** Writes all, as OpenMetrics 1.0 where that is taken, and else in Prometheus' text format. */
  expose(isOpenMetrics: boolean): Promise<Exposition>
}

/** In seconds. */
const durations = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Begins to count. The library is loaded now and not before: who counts nothing does without. */
export async function createMetrics(): Promise<Metrics> {
  const { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } = (await import('prom-client')).default
  const plain = new Registry()
  const registers = [plain]
  collectDefaultMetrics({ register: plain })

  const requests = new Counter({
    name: 'acme_http_requests_total',
    help: 'Requests that were answered.',
    labelNames: ['method', 'route', 'status'],
    registers,
  })
  const seconds = new Histogram({
    name: 'acme_http_request_duration_seconds',
    help: 'How long requests took until their answer began.',
    labelNames: ['method', 'route'],
    buckets: durations,
    registers,
  })
  const underWay = new Gauge({
    name: 'acme_http_requests_in_flight',
    help: 'Requests that are under way; 2,000 are the most.',
    registers,
  })
  const refusals = new Counter({
    name: 'acme_refusals_total',
    help: 'Requests that were refused, by the code of the error: tries to sign in are form_password_incorrect, form_code_incorrect, too_many_requests.',
    labelNames: ['code'],
    registers,
  })
  const faults = new Counter({
    name: 'acme_faults_total',
    help: 'What went wrong on this side, in requests and beside them; the log has its cause.',
    labelNames: ['where'],
    registers,
  })
  const changes = new Counter({
    name: 'acme_user_changes_total',
    help: 'Users that were created, updated and deleted by this process.',
    labelNames: ['action'],
    registers,
  })
  const transactions = new Histogram({
    name: 'acme_storage_transaction_duration_seconds',
    help: 'How long a write took, with its time in the queue.',
    buckets: durations,
    registers,
  })
  const queue = new Gauge({
    name: 'acme_storage_transactions_in_flight',
    help: 'Writes that wait for the database or are under way.',
    registers,
  })
  const storageErrors = new Counter({
    name: 'acme_storage_errors_total',
    help: 'What the database could not do, by why.',
    labelNames: ['failure'],
    registers,
  })
  const events = new Counter({
    name: 'acme_webhook_events_total',
    help: 'Events for endpoints: queued, delivered, failed at an attempt, parked after the last.',
    labelNames: ['outcome'],
    registers,
  })
  const passwords = new Gauge({
    name: 'acme_passwords_in_flight',
    help: 'Passwords that are computed or wait to be.',
    registers,
  })
  for (const action of ['create', 'update', 'delete']) changes.inc({ action }, 0)
  for (const outcome of ['queued', 'delivered', 'failed', 'parked']) events.inc({ outcome }, 0)
  for (const where of ['request', 'background']) faults.inc({ where }, 0)

  const within = async <Result>(gauge: typeof queue, work: () => Promise<Result>): Promise<Result> => {
    gauge.inc()
    try {
      return await work()
    } finally {
      gauge.dec()
    }
  }
  const failing = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work()
    } catch (error) {
      if (error instanceof StorageError) storageErrors.inc({ failure: error.failure })
      throw error
    }
  }
  const wrote = (writes: readonly Write[]) => {
    for (const write of writes) {
      if ('append' in write) changes.inc({ action: write.append.action })
      else if ('put' in write && write.put === 'webhookDeliveries') {
        const { status, attempts, isHeld } = write.row
        if (status !== 'pending') events.inc({ outcome: status })
        else if (attempts === 0 && !isHeld) events.inc({ outcome: 'queued' })
        else if (attempts > 0) events.inc({ outcome: 'failed' })
      }
    }
  }

  // The same numbers under two names: what either format asks for is said once.
  const open = new Registry()
  open.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never)

  return {
    answering: (answer) => async (request, info) => {
      const end = seconds.startTimer()
      underWay.inc()
      try {
        const given = await answer(request, info)
        const method = methodOf(request.method)
        const route = routeOf(pathOf(request.url))
        end({ method, route })
        requests.inc({ method, route, status: String(given.status) })
        return given
      } finally {
        underWay.dec()
      }
    },
    logged({ code, fault }) {
      if (code !== undefined) refusals.inc({ code })
      if (fault) faults.inc({ where: 'request' })
    },
    faulted: () => faults.inc({ where: 'background' }),
    storage: (storage) => ({
      ...storage,
      find: (...asked) => failing(() => storage.find(...asked)),
      listUsers: (query) => failing(() => storage.listUsers(query)),
      countUsers: (filter) => failing(() => storage.countUsers(filter)),
      async transact(transaction) {
        let written: readonly Write[] = []
        const end = transactions.startTimer()
        const result = await within(queue, () =>
          failing(() =>
            storage.transact({
              ...transaction,
              decide(rows) {
                const decision = transaction.decide(rows)
                written = decision.writes
                return decision
              },
            }),
          ),
        )
        end()
        wrote(written)
        return result
      },
    }),
    passwords: (kept) => ({
      ...kept,
      hash: (password) => within(passwords, () => kept.hash(password)),
      verify: (password, hash) => within(passwords, () => kept.verify(password, hash)),
    }),
    watch({ streams, jobs, oldestEvent }) {
      new Gauge({
        name: 'acme_live_streams',
        help: 'Pages that are kept current.',
        registers,
        collect() {
          this.set(streams())
        },
      })
      new Gauge({
        name: 'acme_jobs',
        help: 'Jobs that are not over, of all processes.',
        labelNames: ['status'],
        registers,
        async collect() {
          // Where the database cannot say, the rest is told all the same.
          const all = await jobs().catch(() => undefined)
          this.reset()
          for (const status of ['queued', 'running']) {
            if (all) this.set({ status }, all.filter((job) => job.status === status).length)
          }
        },
      })
      new Gauge({
        name: 'acme_webhook_oldest_event_seconds',
        help: 'For how long the oldest event waits that is to be sent to an endpoint, of all processes; 0 where none does.',
        registers,
        async collect() {
          try {
            const at = await oldestEvent()
            this.set(at === undefined ? 0 : Math.max(0, Date.now() - at) / 1_000)
          } catch {
            this.reset()
          }
        },
      })
    },
    async expose(isOpenMetrics) {
      if (!isOpenMetrics) return { contentType: plain.contentType, text: await plain.metrics() }
      for (const metric of plain.getMetricsAsArray()) {
        if (!open.getSingleMetric(metric.name)) open.registerMetric(metric as never)
      }
      return { contentType: open.contentType, text: await open.metrics() }
    },
  }
}

function pathOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('//') + 2)
  const end = url.search(/[?#]/)
  return start < 0 ? '/' : url.slice(start, end < 0 ? undefined : end)
}
