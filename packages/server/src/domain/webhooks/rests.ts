/** After how many failures in a row an endpoint is taken to be down. */
const patience = 5

/** How long it is left alone then at first, doubling with each failure, and at the most; in milliseconds. */
const firstRest = 1_000
const longestRest = 60_000

/**
 * Leaves endpoints alone for a while that answer nobody, so that each of a million waiting events does not have to find
 * out for itself. It is this process's own view and is kept nowhere.
 */
export interface Rests {
  isResting(endpointId: string): boolean
  note(endpointId: string, isDelivered: boolean): void
}

/** Makes the view of a process; `longest` bounds a rest, in milliseconds. */
export function createRests(clock: () => number, longest: number = longestRest): Rests {
  const failing = new Map<string, { readonly failures: number; readonly until: number }>()
  return {
    isResting: (endpointId) => (failing.get(endpointId)?.until ?? 0) > clock(),
    note(endpointId, isDelivered) {
      if (isDelivered) {
        failing.delete(endpointId)
        return
      }
      const failures = (failing.get(endpointId)?.failures ?? 0) + 1
      const rest = failures < patience ? 0 : Math.min(longest, longestRest, firstRest * 2 ** (failures - patience))
      failing.set(endpointId, { failures, until: clock() + rest })
    },
  }
}
