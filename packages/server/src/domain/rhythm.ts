/** Does something when it is asked to, at once and then no more often than so. */
export interface Rhythm {
  /** Asks for it: now, or once the pause since the last time is over. */
  ask(): void
  /** Does it no more. */
  end(): void
}

declare const setTimeout: (run: () => void, milliseconds: number) => unknown
declare const clearTimeout: (timer: unknown) => void

/** Makes a rhythm of some milliseconds, so that what comes one by one is done together. */
export function createRhythm(run: () => void, pause: number): Rhythm {
  let timer: unknown
  let isAsked = false

  function begin(): void {
    isAsked = false
    timer = setTimeout(() => {
      timer = undefined
      if (isAsked) begin()
    }, pause)
    run()
  }

  return {
    ask() {
      isAsked = true
      if (timer === undefined) begin()
    },
    end() {
      clearTimeout(timer)
      // Never asked again.
      timer = null
    },
  }
}
