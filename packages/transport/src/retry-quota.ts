/**
 * How many more attempts may be made beyond the first ones. Each success earns a tenth of an attempt
 * back, so that in an outage a client sends at most a tenth more than it would without retries.
 */
export interface RetryQuota {
  /** Takes one attempt; false when none is left. */
  take(): boolean
  /** Notes a success. */
  earn(): void
}

const capacity = 10

/** Makes a quota of ten attempts. */
export function createRetryQuota(): RetryQuota {
  let left = capacity
  return {
    take: () => left >= 1 && left-- >= 1,
    earn: () => {
      left = Math.min(capacity, left + 0.1)
    },
  }
}
