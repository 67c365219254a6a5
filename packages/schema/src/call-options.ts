/** What every public method takes besides its own parameters. */
export interface CallOptions {
  /** Ends the call, also while it waits to try again. */
  readonly signal?: AbortSignal | undefined
  /** The time allowed for one attempt, in milliseconds. @default the client's, 10,000 */
  readonly timeout?: number | undefined
  /** The time allowed for the whole call, in milliseconds. @default the client's, 30,000 */
  readonly totalTimeout?: number | undefined
}
