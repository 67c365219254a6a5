import type { RegisteredMetadata } from '@acme/schema'
import type { Frontend } from '../create-frontend.ts'
import { useProvided } from './use-provided.ts'

/** Gives the frontend, for what has no hook. It does not render again when something changes. */
export function useAcme<M = RegisteredMetadata>(): Frontend<M> {
  return useProvided().acme as unknown as Frontend<M>
}
