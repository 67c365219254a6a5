/** Lets others run, if the work has held the thread for long. */
export type Pause = () => Promise<void>

/** Runs work that pauses now and then; of all that takes long, one goes on at a time. */
export type Turns = <Result>(work: (pause: Pause) => Promise<Result>) => Promise<Result>

declare const setImmediate: (run: () => void) => void

/** For how long work may hold the thread that answers, in milliseconds. */
const longest = 2

/** Makes the turns of one database: SQLite answers on the thread that asks, so that long work has to be cut. */
export function createTurns(): Turns {
  let last: Promise<void> = Promise.resolve()
  return async (work) => {
    let since = performance.now()
    let end: (() => void) | undefined
    const pause = async () => {
      if (performance.now() - since < longest) return
      if (!end) {
        const before = last
        last = new Promise((resolve) => {
          end = resolve
        })
        await before
      }
      await new Promise<void>((resolve) => setImmediate(resolve))
      since = performance.now()
    }
    try {
      return await work(pause)
    } finally {
      end?.()
    }
  }
}
