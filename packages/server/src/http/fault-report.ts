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
    name: wordOf(name, /^\w{1,60}$/) ?? 'Error',
    code: wordOf(failure, words) ?? wordOf(code, /^[A-Z\d_]{1,40}$/),
    reason: wordOf(errstr, words),
    frames: frames.map((frame) => frame.trim()).filter((frame) => frame.startsWith('at ')),
    cause: cause === undefined || depth === maxDepth ? undefined : reportOf(cause, depth + 1),
  }
}

/** A few plain words, as only databases and this server write them. */
const words = /^[\w/ -]{1,80}$/

/** What has the form of a word that may be told, or nothing: whoever throws may have put a value there. */
function wordOf(value: unknown, form: RegExp): string | undefined {
  return typeof value === 'string' && form.test(value) ? value : undefined
}
