/** How long each of many took, counted in classes whose bounds are a fifth apart: of two figures, the second is a guess. */
export interface Timings {
  /** Counts one that took so many milliseconds. */
  add(milliseconds: number): void
  /** The time within which a share of them was done (0.99 for p99), in milliseconds; null where there were none. */
  quantile(share: number): number | null
}

const smallest = 0.05
const ratio = 1.2
/** The last class holds what took longer than two minutes. */
const classes = 82

/** Makes an empty count. */
export function createTimings(): Timings {
  // Made when needed: most minutes of most servers see nothing.
  let counts: Uint32Array | undefined
  let total = 0
  return {
    add(milliseconds) {
      counts ??= new Uint32Array(classes)
      const at = milliseconds <= smallest ? 0 : Math.ceil(Math.log(milliseconds / smallest) / Math.log(ratio))
      const index = Math.min(at, classes - 1)
      counts[index] = (counts[index] ?? 0) + 1
      total++
    },
    quantile(share) {
      if (!counts) return null
      const rank = Math.max(1, Math.ceil(share * total))
      let seen = 0
      let index = 0
      for (; index < classes - 1; index++) {
        seen += counts[index] ?? 0
        if (seen >= rank) break
      }
      return smallest * ratio ** index
    },
  }
}
