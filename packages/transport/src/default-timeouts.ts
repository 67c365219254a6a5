/** The time allowed for one attempt unless told otherwise, in milliseconds. */
export const defaultTimeout = 10_000

/** The time allowed for a whole call unless told otherwise, in milliseconds. */
export const defaultTotalTimeout = 30_000
