import { createTurnstile, listPatience, listsWaiting, type TurnstileBounds } from '../turnstile.ts'

/** Lets others run, if the work has held the thread for long. */
export type Pause = () => Promise<void>

/** Runs work that pauses now and then; of all that takes long, one goes on at a time. */
export type Turns = <Result>(work: (pause: Pause) => Promise<Result>) => Promise<Result>

declare const setImmediate: (run: () => void) => void

/** For how long work may hold the thread that answers, in milliseconds. */
const longest = 2

/**
 * Makes the turns of one database: SQLite answers on the thread that asks, so that long work has to be cut. Work that
 * would wait for its turn behind too much, or too long, is refused.
 */
export function createTurns(
  bounds: Omit<TurnstileBounds, 'atOnce'> = { waiting: listsWaiting, patience: listPatience },
): Turns {
  const turnstile = createTurnstile({ ...bounds, atOnce: 1 })
  return async (work) => {
    let since = performance.now()
    let leave: (() => void) | undefined
    const pause = async () => {
      if (performance.now() - since < longest) return
      leave ??= await turnstile.enter()
      await new Promise<void>((resolve) => setImmediate(resolve))
      since = performance.now()
    }
    try {
      return await work(pause)
    } finally {
      leave?.()
    }
  }
}
