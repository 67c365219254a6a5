import type { ReactNode } from 'react'
import { useSnapshot } from './use-provided.ts'

/** Shows its children to who is signed in. */
export function SignedIn({ children }: { readonly children?: ReactNode }): ReactNode {
  return useSnapshot().user ? children : null
}

/** Shows its children to who is known not to be signed in. */
export function SignedOut({ children }: { readonly children?: ReactNode }): ReactNode {
  const { isLoaded, user } = useSnapshot()
  return isLoaded && !user ? children : null
}
