/** Why a storage cannot do now what it is asked; `outdated` is a server beside a newer one. After `interrupted` alone a write may have been applied all the same. */
export type StorageFailure = 'full' | 'read_only' | 'outdated' | 'busy' | 'overloaded' | 'unreachable' | 'interrupted'

/** A storage that cannot do now what it is asked. The cause is whatever the database said. */
export class StorageError extends Error {
  override name = 'StorageError'
  readonly failure: StorageFailure

  constructor(failure: StorageFailure, cause: unknown) {
    super(`the storage is ${failure}`, { cause })
    this.failure = failure
  }
}
