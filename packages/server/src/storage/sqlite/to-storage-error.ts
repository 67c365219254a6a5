import { StorageError, type StorageFailure } from '../storage-error.ts'

/** SQLite's primary result codes (sqlite.org/rescode.html) after which it is certain that nothing was applied. */
const failures: Readonly<Record<number, StorageFailure>> = {
  5: 'busy', // SQLITE_BUSY
  6: 'busy', // SQLITE_LOCKED
  8: 'read_only', // SQLITE_READONLY
  13: 'full', // SQLITE_FULL
}

/** Reads what SQLite throws as a {@link StorageError}; anything else, faults of the disk among them, as it came. */
export function toStorageError(error: unknown): unknown {
  const { errcode } = (error ?? {}) as { errcode?: unknown }
  // The rest of the bits tell more of the same.
  const failure = typeof errcode === 'number' ? failures[errcode & 0xff] : undefined
  return failure ? new StorageError(failure, error) : error
}
