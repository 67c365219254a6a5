import { isAcmeError, type RegisteredMetadata } from '@acme/schema'
import { type Context, createContext, type ReactNode, useEffect, useMemo, useState } from 'react'
import type { Frontend } from '../create-frontend.ts'
import { type Binding, createBinding, type InitialUser } from './binding.ts'
import { syncTabs } from './sync-tabs.ts'

/** What stands above the hooks: the binding, and why it could not be loaded. */
export interface Provided extends Binding {
  readonly loadError: Error | undefined
}

export const ProvidedContext: Context<Provided | undefined> = createContext<Provided | undefined>(undefined)

/** What the provider is given. */
export interface AcmeProviderProps<M = RegisteredMetadata> {
  /** Made once, outside of any component. */
  readonly frontend: Frontend<M>
  /**
   * The user as the server knows them (`user.toClient()` of `@acme/backend`), shown from the first render on until it
   * is known who is signed in; null is nobody.
   */
  readonly initialUser?: InitialUser<M> | null | undefined
  readonly children?: ReactNode
}

/**
 * Gives the hooks below it a frontend, loads it, and keeps the tabs of the browser the same.
 *
 * @example
 * <AcmeProvider frontend={acme}><App /></AcmeProvider>
 */
export function AcmeProvider<M = RegisteredMetadata>({
  frontend,
  initialUser,
  children,
}: AcmeProviderProps<M>): ReactNode {
  const acme = frontend as unknown as Frontend<unknown>
  const [loadError, setLoadError] = useState<Error>()
  // The first user it is given; later ones come from the frontend.
  const [first] = useState(initialUser)
  const binding = useMemo(() => createBinding(acme, first), [acme, first])
  const provided = useMemo(() => ({ ...binding, loadError }), [binding, loadError])

  useEffect(() => {
    let isOver = false
    acme.load().catch((error: unknown) => {
      if (!isOver) setLoadError(isAcmeError(error) ? error : new Error('loading failed'))
    })
    const end = syncTabs(acme)
    return () => {
      isOver = true
      end()
    }
  }, [acme])

  return <ProvidedContext.Provider value={provided}>{children}</ProvidedContext.Provider>
}
