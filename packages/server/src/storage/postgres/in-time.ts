import { StorageError } from '../storage-error.ts'

/** Something that is being done for somebody who waits. */
export interface Attempt {
  /** Nobody waits for it any more: they were told that it was not done. */
  isLate: boolean
}

declare const setTimeout: (run: () => void, milliseconds: number) => unknown
declare const clearTimeout: (timer: unknown) => void

/**
 * Waits for work so long and no longer, in milliseconds. A database that hangs ends no connection, so that nothing else
 * would ever tell; the work must change nothing once it is late.
 *
 * @throws StorageError `busy` when it takes longer
 */
export async function inTime<Result>(limit: number, attempt: Attempt, work: () => Promise<Result>): Promise<Result> {
  let timer: unknown
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      attempt.isLate = true
      reject(tooLate())
    }, limit)
  })
  try {
    return await Promise.race([work(), late])
  } finally {
    clearTimeout(timer)
  }
}

/** The error of what took too long. */
export function tooLate(): StorageError {
  return new StorageError('busy', new Error('the database did not answer in time'))
}
