import type { ClaimPaths } from './claims.ts'
import type { MetadataPath } from './metadata-path.ts'

/** What an app declares of its metadata besides the schemas. It is pushed with them, and the server sees to it. */
export interface MetadataOptions<S = unknown> {
  /** Paths by which users are found: `users.list({ metadata: … })` asks by these and by no others. */
  readonly indexes?: readonly MetadataPath<S>[] | undefined
  /** Paths whose value at most one user has. They are indexes, too. */
  readonly unique?: readonly MetadataPath<S>[] | undefined
}

/** The same as data, as it goes with the push. */
export interface PushedOptions {
  readonly indexes?: readonly string[] | undefined
  readonly unique?: readonly string[] | undefined
  readonly claims?: ClaimPaths | undefined
}

/** Takes the options out of what `defineMetadata` was given, on top of those of a definition that is added to. */
export function readOptions(given: PushedOptions, before: PushedOptions = {}): PushedOptions {
  return {
    indexes: [...(before.indexes ?? []), ...(given.indexes ?? [])],
    unique: [...(before.unique ?? []), ...(given.unique ?? [])],
    ...((before.claims || given.claims) && { claims: { ...before.claims, ...given.claims } }),
  }
}
