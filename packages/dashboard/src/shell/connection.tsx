import { isAcmeError } from '@acme/schema'
import { useQueryClient } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { Notice } from '../parts/notice.tsx'

const lost = new Set(['network_error', 'timeout'])

/** Says that the server does not answer, as long as what is shown could not be read anew. */
export function Connection() {
  const cache = useQueryClient().getQueryCache()
  const isLost = useSyncExternalStore(
    (tell) => cache.subscribe(tell),
    () =>
      cache
        .getAll()
        .some(
          (query) =>
            query.isActive() &&
            query.state.data !== undefined &&
            isAcmeError(query.state.error) &&
            lost.has(query.state.error.code),
        ),
  )
  if (!isLost) return null
  return (
    <div className="connection">
      <Notice tone="bad" title="The server does not answer.">
        What you see may be old. What you change is kept here, and the page tries again by itself.
      </Notice>
    </div>
  )
}
