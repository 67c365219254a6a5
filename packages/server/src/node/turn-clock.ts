/**
 * Makes a clock that tells for how long the event loop has been reading, in milliseconds: whatever is read last of what
 * arrived together has waited at least so long.
 */
export function createTurnClock(): () => number {
  let since: number | undefined
  return () => {
    const now = performance.now()
    if (since === undefined) {
      since = now
      setImmediate(() => {
        since = undefined
      })
    }
    return now - since
  }
}
