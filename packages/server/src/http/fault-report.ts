/** What the log tells of an error that nobody meant: never its message, which may quote a value. */
export interface FaultReport {
  readonly name: string
  /** The runtime's or the storage's own word for it, where it has one: `ENOSPC`, `full`. */
  readonly code?: string | undefined
  /** What the database says of its error code, in general words. */
  readonly reason?: string | undefined
  /** Where it happened: the frames of the stack, innermost first. */
  readonly frames: readonly string[]
  readonly cause?: FaultReport | undefined
}

/** How many causes of causes are told. */
const maxDepth = 4

/** Tells of an error what may be told. */
export function reportOf(error: unknown, depth = 0): FaultReport {
  if (!(error instanceof Error)) return { name: typeof error, frames: [] }
  const { name, stack = '', message, cause, code, failure, errstr } = error as Error & Record<string, unknown>
  // The message stands before the frames, and may have lines that look like some.
  const frames = stack.slice(Math.max(0, stack.indexOf(message) + message.length)).split('\n')
  return {
    name,
    code: wordOf(failure ?? code),
    reason: wordOf(errstr),
    frames: frames.map((frame) => frame.trim()).filter((frame) => frame.startsWith('at ')),
    cause: cause === undefined || depth === maxDepth ? undefined : reportOf(cause, depth + 1),
  }
}

/** A few plain words, or nothing. */
function wordOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\w/ -]{1,80}$/.test(value) ? value : undefined
}
