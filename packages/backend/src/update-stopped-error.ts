import { AcmeError, isAcmeError } from '@acme/schema'

/** How far a change of many users had come. */
export interface StoppedAt {
  readonly updated: number
  readonly failed: number
  readonly skipped: number
  /** Behind the last user that was looked at; undefined when there was none. */
  readonly cursor: string | undefined
}

/**
 * A change of all whom a filter finds was broken off by `cause`: a request that failed, a signal, or what a function of
 * the app threw. The users up to `cursor` are through, and `updateWhere(filter, change, { cursor })` goes on behind them;
 * of the page that comes next some may have been changed already, as `outcome` says.
 */
export class UpdateStoppedError extends AcmeError implements StoppedAt {
  override name = 'UpdateStoppedError'
  declare readonly updated: number
  declare readonly failed: number
  declare readonly skipped: number
  declare readonly cursor: string | undefined

  constructor(cause: unknown, { updated, failed, skipped, cursor }: StoppedAt) {
    const known = isAcmeError(cause) ? cause : undefined
    // What an app's own function threw may hold anything.
    const why = known ? `: ${known.message}` : ' by what a function threw'
    super({
      code: 'update_stopped',
      message: `stopped after ${updated + failed + skipped} users${why}`,
      cause,
      status: known?.status,
      traceId: known?.traceId,
      attempts: known?.attempts ?? 0,
      retryable: known?.retryable ?? false,
      retryAfter: known?.retryAfter,
      outcome: known?.outcome ?? 'not_applied',
    })
    Object.assign(this, { updated, failed, skipped, cursor })
  }
}
