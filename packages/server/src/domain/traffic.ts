/** Who waits for an answer, so that work that nobody waits for can let them go first. */
export interface Traffic {
  /** How many requests are under way. */
  readonly underWay: number
  begin(): void
  end(): void
  /**
   * Waits while somebody waits for an answer of a thread that has no time to spare, and not for long: where that is always
   * so, work that goes on one by one gets a small share of the thread.
   *
   * @param cost for how long the work takes the thread, about, in milliseconds
   */
  giveWay(cost: number): Promise<void>
}

/** From which share of its time on a thread has none to spare. */
const busy = 0.8

/** Over how long that is looked at, at the least, in milliseconds. */
const period = 5

/** How many times as long as it takes the thread a work waits at the most, once it is its turn. */
const patience = 30

declare const setTimeout: (run: () => void, milliseconds: number) => unknown

/** What Node tells of how busy its thread is. */
interface Utilization {
  readonly idle: number
  readonly active: number
  readonly utilization: number
}
const { eventLoopUtilization: measure } = globalThis.performance as {
  eventLoopUtilization?: (since?: Utilization) => Utilization
}

function aMoment(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1))
}

/** Makes the view that a process has of who waits for it. */
export function createTraffic(): Traffic {
  let underWay = 0
  /** Whether somebody came since it was looked. */
  let isAsked = false
  let isBusy = false
  let looked = measure?.()
  let lookedAt = performance.now()
  let last: Promise<void> | undefined

  /** Whether the thread had no time to spare of late, for others. A platform that does not tell is asked who is there. */
  function hasNoTime(): boolean {
    if (!measure) return underWay > 0
    const now = performance.now()
    if (now - lookedAt < period) return isBusy
    isBusy = (isAsked || underWay > 0) && measure(looked).utilization > busy
    isAsked = false
    looked = measure()
    lookedAt = now
    return isBusy
  }

  async function untilQuiet(cost: number): Promise<void> {
    const until = performance.now() + cost * patience
    while (hasNoTime() && performance.now() < until) await aMoment()
  }

  return {
    get underWay() {
      return underWay
    },
    begin() {
      underWay++
      isAsked = true
    },
    end() {
      underWay--
    },
    async giveWay(cost) {
      if (!last && !hasNoTime()) {
        // Whoever is just being answered.
        if (underWay > 0) await aMoment()
        return
      }
      const turn = (last ?? Promise.resolve()).then(() => untilQuiet(cost))
      last = turn
      await turn
      if (last === turn) last = undefined
    },
  }
}
