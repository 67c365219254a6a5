import { StorageError } from './storage-error.ts'

/** How many go on at once, and who waits. */
export interface TurnstileBounds {
  readonly atOnce: number
  /** How many wait at the most. */
  readonly waiting: number
  /** How long each waits at the most, in milliseconds. */
  readonly patience: number
}

/** Lets some go on at once, and the others in their order. */
export interface Turnstile {
  /**
   * Waits for a turn; gives what ends it.
   *
   * @throws StorageError `overloaded` when too many wait, or when it waited for too long
   */
  enter(): Promise<() => void>
}

/** How long questions about many users wait for their turn: whoever asked one may have gone by then. */
export const listPatience = 10_000

/** How many questions about many users wait for their turn. */
export const listsWaiting = 32

/** Makes a turnstile, by a clock that gives milliseconds. */
export function createTurnstile(bounds: TurnstileBounds, clock: () => number = Date.now): Turnstile {
  const waiting: (() => void)[] = []
  let inside = 0

  function leave(): void {
    const next = waiting.shift()
    // The place is handed on, so that nobody who comes later takes it.
    if (next) next()
    else inside--
  }

  return {
    async enter() {
      if (inside < bounds.atOnce) {
        inside++
        return leave
      }
      if (waiting.length >= bounds.waiting) throw new StorageError('overloaded', undefined)
      const since = clock()
      await new Promise<void>((resolve) => waiting.push(resolve))
      if (clock() - since <= bounds.patience) return leave
      leave()
      throw new StorageError('overloaded', undefined)
    },
  }
}
