/** Why a storage cannot do now what it is asked. */
export type StorageFailure = 'full' | 'read_only' | 'busy'

/** A storage that cannot write now. Nothing of the transaction was applied; the cause is whatever the database said. */
export class StorageError extends Error {
  override name = 'StorageError'
  readonly failure: StorageFailure

  constructor(failure: StorageFailure, cause: unknown) {
    super(`the storage is ${failure}`, { cause })
    this.failure = failure
  }
}
