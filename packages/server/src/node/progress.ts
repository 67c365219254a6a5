/** A line on a terminal that says how far something has come. */
export interface Progress {
  /** Shows it, now and then. A share is from 0 to 1. */
  show(rows: number, share?: number): void
  /** Takes it away. */
  end(): void
}

const interval = 100
const width = 30

/** Makes the line, where standard error is a terminal. */
export function createProgress(what: string): Progress {
  const since = Date.now()
  let shownAt = 0
  return {
    show(rows, share) {
      const now = Date.now()
      if (!process.stderr.isTTY || now - shownAt < interval) return
      shownAt = now
      const rate = Math.round(rows / Math.max(0.001, (now - since) / 1_000))
      const done = share === undefined ? '' : `[${'#'.repeat(Math.floor(share * width)).padEnd(width)}] `
      process.stderr.write(`\r\x1b[K${what} ${done}${count(rows)} rows, ${count(rate)}/s`)
    },
    end() {
      if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
    },
  }
}

/** Writes a number for people. */
export function count(number: number): string {
  return number.toLocaleString('en')
}
