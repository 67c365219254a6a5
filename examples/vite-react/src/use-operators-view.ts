import type { User } from '@acme/frontend'
import type { Kind } from '@acme/schema'
import type { OperatorsView } from 'example-api-node/operators-view'
import { useCallback, useEffect, useState } from 'react'
import { askApi } from './ask-api.ts'

/**
 * Keeps the view of the app's own server current: at each change that this page hears of, and every second for what it
 * does not hear of.
 */
export function useOperatorsView(user: User): {
  readonly view: OperatorsView | undefined
  readonly error: string
  read(): Promise<OperatorsView>
  /** Makes the server write. */
  write(kind: Kind): Promise<OperatorsView>
} {
  const [view, setView] = useState<OperatorsView>()
  const [error, setError] = useState('')

  const ask = useCallback(async (method: 'GET' | 'POST', path = '') => {
    const next = await askApi<OperatorsView>(method, `/operators-view${path}`)
    // Answers may overtake one another.
    setView((now) => (now && now.version >= next.version ? now : next))
    setError('')
    return next
  }, [])

  // A new user is a change that this page heard of.
  useEffect(() => {
    const look = () => {
      if (!document.hidden) ask('GET').catch((error: Error) => setError(error.message))
    }
    look()
    const timer = setInterval(look, 1_000)
    return () => clearInterval(timer)
  }, [ask, user])

  return { view, error, read: () => ask('GET'), write: (kind) => ask('POST', `/${kind}`) }
}
