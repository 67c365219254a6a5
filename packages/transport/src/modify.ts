import { AcmeError, MetadataConflictError } from '@acme/schema'

/**
 * Compares and sets: writes what is computed from a user, on the condition that it is still that version, and
 * again from the user that a conflict names, after a random wait of up to 100 milliseconds.
 *
 * @throws MetadataConflictError after the last retry; AcmeError `version_missing` where the server keeps none
 */
export async function modify<User extends { readonly version?: number | undefined }>(
  user: User,
  write: (user: User, ifMatch: number) => Promise<User>,
  { retries = 20, signal }: { retries?: number | undefined; signal?: AbortSignal | undefined },
): Promise<User> {
  let current = user
  for (let retry = 0; ; retry++) {
    const { version } = current
    if (!version)
      throw new AcmeError({ code: 'version_missing', message: 'this server keeps no versions: use an update' })
    try {
      return await write(current, version)
    } catch (error) {
      if (retry >= retries || signal?.aborted || !(error instanceof MetadataConflictError && error.current)) throw error
      current = error.current as User
      // Those who met would meet again.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 100))
    }
  }
}
