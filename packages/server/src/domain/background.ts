/** Work that goes on beside the requests. */
export interface Background {
  /** Looks for what is to be done, soon. */
  nudge(): void
  /** Looks for what is to be done, and waits until nothing is under way any more. */
  settled(): Promise<void>
  /** Breaks off what is under way, which whoever comes next goes on with, and stops. */
  close(): Promise<void>
  /** Ends with {@link Background.close}. */
  readonly signal: AbortSignal
  isUnderWay(name: string): boolean
  /** How many works are under way. */
  readonly size: number
  /** Goes on with a work, by a name that no other under way has; where it gives true, there may be more to do. */
  begin(name: string, work: () => Promise<boolean>): void
  /** Has what is to be done looked for once more. */
  again(): void
}

/** How a background looks for what is to be done, and whom it tells of what fails. */
export interface BackgroundOptions {
  look(background: Background): Promise<void>
  report(error: unknown): void
}

/** Makes a background, which does nothing by itself: somebody has to nudge it. */
export function createBackground({ look, report }: BackgroundOptions): Background {
  const closing = new AbortController()
  const underWay = new Map<string, Promise<void>>()
  let looking: Promise<void> | undefined
  let isNudged = false

  function nudge(): void {
    isNudged = true
    if (closing.signal.aborted) return
    looking ??= lookWhileNudged().finally(() => {
      looking = undefined
      // One that came as the last look was ending.
      if (isNudged) nudge()
    })
  }

  async function lookWhileNudged(): Promise<void> {
    while (isNudged && !closing.signal.aborted) {
      isNudged = false
      await look(background).catch(report)
    }
  }

  const rest = async () => {
    while (looking || underWay.size > 0) await Promise.all([looking, ...underWay.values()])
  }

  const background: Background = {
    nudge,
    again() {
      isNudged = true
    },
    signal: closing.signal,
    isUnderWay: (name) => underWay.has(name),
    get size() {
      return underWay.size
    },
    begin(name, work) {
      const done = work()
        .catch((error: unknown) => {
          report(error)
          return false
        })
        .then((hasMore) => {
          underWay.delete(name)
          // What came while the last look was under way.
          if (hasMore) nudge()
        })
      underWay.set(name, done)
    },
    async settled() {
      nudge()
      await rest()
    },
    async close() {
      closing.abort()
      await rest()
    },
  }
  return background
}
