/** When events are sent, and sent again; all in milliseconds. */
export interface WebhookTimings {
  /** How long an endpoint may take to answer. */
  readonly attemptTimeout: number
  /** The pause after the first failure; it doubles with each. */
  readonly firstPause: number
  readonly longestPause: number
  /** How long after an event happened it is tried; what fails after that is parked. */
  readonly giveUpAfter: number
  /** For how long a process takes a share of an endpoint's events upon itself. */
  readonly lease: number
}

/** Fifteen seconds for an answer, pauses from five seconds to six hours, three days in all. */
export const defaultTimings: WebhookTimings = {
  attemptTimeout: 15_000,
  firstPause: 5_000,
  longestPause: 21_600_000,
  giveUpAfter: 259_200_000,
  lease: 60_000,
}

/** How often an event is tried at least, however old it is by its first attempt: a server may have been away. */
const leastAttempts = 5

/** When a delivery is tried next that has failed so often, in milliseconds since the epoch; null when it is given up. */
export function nextAttempt(
  { firstPause, longestPause, giveUpAfter }: WebhookTimings,
  { at, attempts }: { readonly at: number; readonly attempts: number },
  now: number,
): number | null {
  const pause = Math.min(longestPause, firstPause * 2 ** (attempts - 1))
  // Jitter, so that what failed together does not come back together.
  const next = Math.ceil(now + pause * (0.5 + Math.random() / 2))
  return next > at + giveUpAfter && attempts >= leastAttempts ? null : next
}
