import { StorageError, type StorageFailure } from '../storage-error.ts'

/** SQLSTATE codes (PostgreSQL, appendix A) and those of the driver and the operating system, by their beginnings. */
const failures: readonly (readonly [beginning: string, failure: StorageFailure])[] = [
  ['25006', 'read_only'], // read_only_sql_transaction: a standby
  ['53100', 'full'], // disk_full
  ['55P03', 'busy'], // lock_not_available
  ['23505', 'busy'], // unique_violation: another process was faster; read again, it shows
  ['57014', 'busy'], // query_canceled, by a limit of the database's
  ['40003', 'interrupted'], // statement_completion_unknown
  ['40', 'busy'], // serialization_failure, deadlock_detected
  ['53', 'unreachable'], // too_many_connections, out_of_memory
  ['08', 'unreachable'], // connection exceptions
  ['57P', 'unreachable'], // shut down, crashed, starting
  ['28', 'unreachable'], // a password that does not hold
  ['3D000', 'unreachable'], // no such database
  ['CONNECT', 'unreachable'], // CONNECTION_CLOSED and the like, CONNECT_TIMEOUT
  ['ECONN', 'unreachable'],
  ['EPIPE', 'unreachable'],
  ['ETIMEDOUT', 'unreachable'],
  ['EHOSTUNREACH', 'unreachable'],
  ['ENOTFOUND', 'unreachable'],
  ['EAI_AGAIN', 'unreachable'],
]

/** Reads what the driver throws as a {@link StorageError}; anything else as it came. */
export function toStorageError(error: unknown): unknown {
  if (error instanceof StorageError) return error
  const code = codeOf(error)
  const failure = failures.find(([beginning]) => code.startsWith(beginning))?.[1]
  return failure ? new StorageError(failure, error) : error
}

/** The code of an error of the driver, or nothing. */
function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown }
  return typeof code === 'string' ? code : ''
}
