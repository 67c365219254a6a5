import type { DashboardSessionJson } from '@acme/schema/wire'
import { queryOptions, type UseQueryResult, useQuery } from '@tanstack/react-query'
import { onSessionEnd, readSession } from './door.ts'
import { queryClient } from './query-client.ts'

/** Who is signed in. Read once: the server says by each reply whether it still holds. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => readSession(signal),
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: Number.POSITIVE_INFINITY,
})

onSessionEnd(() => queryClient.setQueryData(sessionQuery.queryKey, null))

/** Who is signed in, null when nobody is. */
export function useSession(): UseQueryResult<DashboardSessionJson | null> {
  return useQuery(sessionQuery)
}

/** The instance that is looked at. Only below the shell, where somebody is or was signed in. */
export function useInstance(): DashboardSessionJson['instance'] | undefined {
  return useSession().data?.instance
}
