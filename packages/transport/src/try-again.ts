import ky from 'ky'

/** A call whose first attempt failed, and may be made again. */
export interface FailedCall {
  readonly url: string
  readonly method: string
  readonly signal: AbortSignal | null
  /** The time allowed for an attempt, and what is left for all of them, in milliseconds. */
  readonly timeout: number
  readonly totalTimeout: number
  /** What became of the first attempt. */
  readonly first: Promise<Response>
  /** Makes a further one. */
  attempt(): Promise<Response>
  /** Whether the one that comes after so many may be made; undefined leaves it to ky, which then waits as the reply asks. */
  mayTryAgain(attempts: number): boolean | undefined
}

export type TryAgain = typeof tryAgain

/**
 * The one thing that knows ky: has it judge the attempt that failed, wait, and make further ones. Most calls have no use
 * for what it makes, and do without.
 *
 * @throws what the last attempt threw, ky's `HTTPError` for a reply that is no success, and its `TimeoutError`
 */
export async function tryAgain(call: FailedCall): Promise<void> {
  const { url, method, signal, timeout, totalTimeout, first, attempt, mayTryAgain } = call
  let next = () => {
    next = attempt
    return first
  }
  await ky(url, {
    method,
    signal,
    timeout,
    totalTimeout,
    fetch: () => next(),
    retry: {
      methods: [method.toLowerCase()],
      jitter: true,
      shouldRetry: ({ retryCount }) => mayTryAgain(retryCount),
    },
  })
}
