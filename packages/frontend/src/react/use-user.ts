import type { RegisteredMetadata } from '@acme/schema'
import type { User } from '../user.ts'
import { useProvided, useSnapshot } from './use-provided.ts'

/** Who is signed in, as far as it is known. */
export type UserState<M = RegisteredMetadata> =
  | {
      readonly isLoaded: false
      readonly isSignedIn: undefined
      readonly user: undefined
      /** Why it could not be found out: `acme.load()` tries again. */
      readonly error: Error | undefined
    }
  | { readonly isLoaded: true; readonly isSignedIn: false; readonly user: null; readonly error: undefined }
  | { readonly isLoaded: true; readonly isSignedIn: true; readonly user: User<M>; readonly error: undefined }

/**
 * Gives the signed-in user, and renders again when anything of them changes, in this tab or another.
 *
 * @example
 * const { user } = useUser()
 * await user?.update({ unsafeMetadata: { theme: 'dark' } })
 */
export function useUser<M = RegisteredMetadata>(): UserState<M> {
  const { loadError } = useProvided()
  const { isLoaded, user } = useSnapshot()
  if (!isLoaded) return { isLoaded, isSignedIn: undefined, user: undefined, error: loadError }
  return { isLoaded, isSignedIn: !!user, user, error: undefined } as unknown as UserState<M>
}
