/** Who waits for an answer, so that work that nobody waits for can let them go first. */
export interface Traffic {
  /** How many requests are under way. */
  readonly underWay: number
  begin(): void
  end(): void
  /**
   * Waits, where somebody waits for an answer of a thread that is busy, and not for long: whoever is to go first goes on
   * all the time then, and work that they left no room for would never be done. Those who wait go on one by one.
   */
  giveWay(): Promise<void>
}

/** How long a pause of a millisecond takes at the least on a thread that is busy, in milliseconds. */
const busy = 2

/** How long each waits at the most, once it is next, in milliseconds: what takes half of one takes a twentieth of the thread. */
const longest = 10

declare const setTimeout: (run: () => void, milliseconds: number) => unknown

/** Makes the view that a process has of who waits for it. */
export function createTraffic(): Traffic {
  let underWay = 0
  let last: Promise<void> | undefined

  async function untilQuiet(): Promise<void> {
    const until = performance.now() + longest
    for (let now = performance.now(); underWay > 0 && now < until; ) {
      const since = now
      await new Promise<void>((resolve) => setTimeout(resolve, 1))
      now = performance.now()
      if (now - since < busy) return
    }
  }

  return {
    get underWay() {
      return underWay
    },
    begin() {
      underWay++
    },
    end() {
      underWay--
    },
    async giveWay() {
      if (underWay === 0 && !last) return
      const turn = (last ?? Promise.resolve()).then(untilQuiet)
      last = turn
      await turn
      if (last === turn) last = undefined
    },
  }
}
