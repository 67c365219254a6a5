import { AcmeError, MetadataConflictError } from '@acme/schema'

/** How often a modification is tried again by default. */
const defaultRetries = 20

/**
 * Compares and sets: writes what is computed from a user, on the condition that it is still that version, and
 * again from the user that a conflict names, after a random wait of up to 100 milliseconds.
 *
 * @throws MetadataConflictError after the last retry; AcmeError `version_missing` where the server keeps none
 */
export async function modify<User extends { readonly version?: number | undefined }>(
  user: User,
  write: (user: User, ifMatch: number) => Promise<User>,
  { retries = defaultRetries, signal }: { retries?: number | undefined; signal?: AbortSignal | undefined },
): Promise<User> {
  let current = user
  for (let retry = 0; ; retry++) {
    if (current.version === undefined) {
      throw new AcmeError({
        code: 'version_missing',
        message: 'this server keeps no versions of users, so nothing can be modified safely: use an update',
      })
    }
    try {
      return await write(current, current.version)
    } catch (error) {
      if (!(error instanceof MetadataConflictError) || !error.current || retry >= retries || signal?.aborted)
        throw error
      current = error.current as User
      // Those who met would meet again.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(100, 5 * 2 ** retry)))
    }
  }
}
