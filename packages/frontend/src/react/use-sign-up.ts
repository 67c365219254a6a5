import type { RegisteredMetadata } from '@acme/schema'
import type { SignUp } from '../sign-up.ts'
import { useSnapshot } from './use-provided.ts'

/** The sign-up under way, or one to begin. */
export function useSignUp<M = RegisteredMetadata>(): SignUp<M> {
  return useSnapshot().signUp as unknown as SignUp<M>
}
