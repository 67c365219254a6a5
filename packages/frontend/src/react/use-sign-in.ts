import type { SignIn } from '../sign-in.ts'
import { useSnapshot } from './use-provided.ts'

/** The sign-in under way, or one to begin. */
export function useSignIn(): SignIn {
  return useSnapshot().signIn
}
