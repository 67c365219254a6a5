import type { Write } from '../../storage/storage.ts'
import { createTimings, type Timings } from './timings.ts'

/** How many minutes are remembered: six hours. */
const most = 360
const minute = 60_000

/** What a process did in one minute. */
export interface Minute {
  /** When it began, in milliseconds since the epoch. */
  readonly at: number
  requests: number
  /** Changes of users that were written. */
  writes: number
  signUps: number
  signIns: number
  /** Requests that were refused (4xx), and that the server failed at (5xx). */
  clientErrors: number
  serverErrors: number
  /** How long its requests took. */
  readonly timings: Timings
}

/**
 * What this process did of late: counted at one place, for whoever shows it. It takes as much room after a year as after
 * six hours.
 */
export interface Activity {
  /** When counting began, in milliseconds since the epoch. */
  readonly startedAt: number
  /** A request was answered, after so many milliseconds. */
  answered(status: number, duration: number): void
  /** A transaction was committed. */
  wrote(writes: readonly Write[]): void
  /** The minutes that are remembered, the oldest first, those in which nothing happened too. */
  minutes(): readonly Minute[]
}

/** Begins to count. */
export function createActivity(clock: () => number): Activity {
  const startedAt = clock()
  /** Those in which something happened, oldest first. */
  let kept: Minute[] = []

  function now(): Minute {
    const at = Math.floor(clock() / minute) * minute
    const latest = kept.at(-1)
    if (latest?.at === at) return latest
    // A clock that was set back counts on in the minute that was reached.
    if (latest && latest.at > at) return latest
    const begun = newMinute(at)
    kept = [...kept.filter((one) => one.at > at - most * minute), begun]
    return begun
  }

  return {
    startedAt,
    answered(status, duration) {
      const current = now()
      current.requests++
      if (status >= 500) current.serverErrors++
      else if (status >= 400) current.clientErrors++
      current.timings.add(duration)
    },
    wrote(writes) {
      for (const write of writes) {
        if ('append' in write) {
          const current = now()
          current.writes++
          if (write.append.action === 'create' && write.append.actor.side === 'frontend') current.signUps++
        } else if ('put' in write && write.put === 'sessions') {
          const { createdAt, updatedAt, status } = write.row
          if (status === 'active' && createdAt === updatedAt) now().signIns++
        }
      }
    },
    minutes() {
      const end = now().at
      const first = Math.max(Math.floor(startedAt / minute) * minute, end - (most - 1) * minute)
      const known = new Map(kept.map((one) => [one.at, one]))
      const count = (end - first) / minute + 1
      return Array.from({ length: count }, (_, index) => {
        const at = first + index * minute
        return known.get(at) ?? newMinute(at)
      })
    },
  }
}

function newMinute(at: number): Minute {
  return {
    at,
    requests: 0,
    writes: 0,
    signUps: 0,
    signIns: 0,
    clientErrors: 0,
    serverErrors: 0,
    timings: createTimings(),
  }
}
