import { useContext, useSyncExternalStore } from 'react'
import type { Snapshot } from '../create-frontend.ts'
import { type Provided, ProvidedContext } from './acme-provider.tsx'

/** What the provider above provides. */
export function useProvided(): Provided {
  const provided = useContext(ProvidedContext)
  if (!provided) throw new Error('Put <AcmeProvider frontend={…}> around the components that use these hooks.')
  return provided
}

/** What is known of this browser, rendered again when it changes. */
export function useSnapshot(): Snapshot<unknown> {
  const { acme, getSnapshot, getServerSnapshot } = useProvided()
  return useSyncExternalStore(acme.subscribe, getSnapshot, getServerSnapshot)
}
