import type { Session } from '../session.ts'
import { useSnapshot } from './use-provided.ts'

/** The session of this browser; null when nobody is signed in, undefined while that is not known. */
export function useSession(): Session | null | undefined {
  const { isLoaded, session } = useSnapshot()
  return isLoaded ? session : undefined
}
