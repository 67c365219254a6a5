import { inject } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    /** How much of the trials is made, from ACME_TEST_SCALE: 1 is all of them. */
    readonly scale: number
  }
}

/** How many trials of a suite to make at the scale of this run, and at least some. */
export function scaled(trials: number, least = 1): number {
  return Math.max(least, Math.ceil(trials * inject('scale')))
}
