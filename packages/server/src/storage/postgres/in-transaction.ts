import { StorageError } from '../storage-error.ts'
import { type Attempt, tooLate } from './in-time.ts'
import type { Sql } from './sql.ts'
import { toStorageError } from './to-storage-error.ts'

/**
 * Runs work as one transaction of the database, on a connection that nothing else uses meanwhile. What the work sends at
 * once travels together with the BEGIN; before it writes anything it has to wait until the transaction has begun.
 *
 * @throws StorageError `interrupted` when it is not known whether it was committed
 */
export async function inTransaction<Result>(
  sql: Sql,
  attempt: Attempt,
  work: (hasBegun: Promise<unknown>) => Promise<Result>,
): Promise<Result> {
  let isCommitting = false
  try {
    const hasBegun = Promise.resolve(sql.unsafe('BEGIN'))
    const result = await work(hasBegun)
    if (attempt.isLate) throw tooLate()
    isCommitting = true
    const { command } = await sql.unsafe('COMMIT')
    // What an aborted transaction answers.
    if (command !== 'COMMIT') throw new StorageError('busy', new Error('the transaction was rolled back'))
    return result
  } catch (error) {
    const failure = toStorageError(error)
    const isLost = failure instanceof StorageError && failure.failure === 'unreachable'
    // The answer to a COMMIT may be lost after it was obeyed.
    if (isCommitting && isLost) throw new StorageError('interrupted', error)
    // A connection that may have ended takes its transaction along, and so does one that cannot end it.
    if (isLost) await sql.end({ timeout: 0 })
    else await sql.unsafe('ROLLBACK').catch(() => sql.end({ timeout: 0 }))
    throw error
  }
}
