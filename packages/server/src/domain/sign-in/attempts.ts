import { digest } from '../../auth/digest.ts'
import type { AttemptsRow } from '../../storage/rows.ts'
import type { Key, Snapshot, Write } from '../../storage/storage.ts'
import type { Deps } from '../deps.ts'
import { Fault, fault } from '../fault.ts'
import type { Limit } from './limits.ts'

/** Something that is counted, in a row of the storage, so that processes and restarts share it. */
export interface Counter {
  /** A digest: what strangers type is not kept. */
  readonly id: string
  readonly limits: readonly Limit[]
}

/**
 * Into how many slices a window is cut, so that a row stays small. What falls into one slice leaves the count with the
 * last of it: never before its time, and later by a slice at the most.
 */
const slices = 20

/**
 * Makes a counter of what is tried, by whom or at what, and from where. Those that differ by where alone begin alike, so
 * that all are found by whoever knows what was tried.
 */
export async function counter(limits: readonly Limit[], what: string, by: string, where?: string): Promise<Counter> {
  const [id, place] = await Promise.all([digest(`${what} ${by}`), where && digest(`${what} ${by} ${where}`)])
  return { id: place ? `${id}/${place}` : id, limits }
}

/** What the ids of a counter and of those that differ by where begin with. */
export function counterName(id: string): string {
  return id.split('/', 1)[0] ?? id
}

/** The rows that counting needs. */
export function attemptKeys(counters: readonly Counter[]): Key[] {
  return counters.map(({ id }) => ({ collection: 'attempts', id }))
}

/** How long until one more is let through, in milliseconds; 0 is now. */
export function waitFor(rows: Snapshot, counters: readonly Counter[], now: number): number {
  return Math.max(0, ...counters.map((one) => waitOf(rows.get('attempts', one.id), one.limits, now)))
}

/** Refuses one more than the limits let through. @throws Fault 429 with the seconds to wait */
export function assertWithin(rows: Snapshot, counters: readonly Counter[], now: number): void {
  const wait = waitFor(rows, counters, now)
  if (wait === 0) return
  const { errors } = fault(
    429,
    'too_many_requests',
    'too many requests',
    'Too many attempts. Wait before trying again.',
  )
  throw new Fault(429, errors, { retryAfter: wait / 1_000 })
}

/** Counts one more. */
export function count(rows: Snapshot, counters: readonly Counter[], now: number): Write[] {
  return counters
    .filter(({ limits }) => limits.length > 0)
    .map(({ id, limits }) => {
      const before = rows.get('attempts', id)
      const counts = limits.map((limit, index) => {
        const kept = within(before, limit, index, now)
        const [last, sum = 0] = kept.at(-1) ?? []
        const isSame = last !== undefined && sliceAt(last, limit) === sliceAt(now, limit)
        return isSame ? [...kept.slice(0, -1), [now, sum + 1] as const] : [...kept, [now, 1] as const]
      })
      const row: AttemptsRow = { id, counts, expireAt: now + Math.max(...limits.map(({ window }) => window)) }
      return { put: 'attempts', row } as const
    })
}

/** Forgets what was counted. */
export function forget(counters: readonly Counter[]): Write[] {
  return counters.map(({ id }) => ({ delete: 'attempts', id }) as const)
}

/** Counts one less: one that was counted before it turned out to be none. */
export function takeBack(rows: Snapshot, counters: readonly Counter[], now: number): Write[] {
  return counters.flatMap(({ id, limits }) => {
    const row = rows.get('attempts', id)
    if (!row) return []
    const counts = limits.map((limit, index) => {
      const kept = within(row, limit, index, now)
      const [last, sum] = kept.at(-1) ?? [0, 0]
      return sum > 1 ? [...kept.slice(0, -1), [last, sum - 1] as const] : kept.slice(0, -1)
    })
    return { put: 'attempts', row: { ...row, counts } } as const
  })
}

/** Counts one more by itself, before what it is counted for is done. @throws Fault 429 with the seconds to wait */
export async function spend(deps: Deps, counters: readonly Counter[]): Promise<void> {
  if (counters.length === 0) return
  await deps.storage.transact({
    reads: attemptKeys(counters),
    decide(rows) {
      const now = deps.clock()
      assertWithin(rows, counters, now)
      return { writes: count(rows, counters, now), result: undefined }
    },
  })
}

function waitOf(row: AttemptsRow | undefined, limits: readonly Limit[], now: number): number {
  return Math.max(
    0,
    ...limits.map((limit, index) => {
      const kept = within(row, limit, index, now)
      let over = kept.reduce((sum, [, count]) => sum + count, 0) - limit.most
      for (const [last, count] of kept) {
        if (over < 0) break
        over -= count
        if (over < 0) return last + limit.window - now
      }
      return 0
    }),
  )
}

/** What still counts, oldest first. */
function within(row: AttemptsRow | undefined, limit: Limit, index: number, now: number): AttemptsRow['counts'][number] {
  return (row?.counts[index] ?? []).filter(([last]) => last + limit.window > now)
}

function sliceAt(time: number, { window }: Limit): number {
  return Math.floor((time * slices) / window)
}
