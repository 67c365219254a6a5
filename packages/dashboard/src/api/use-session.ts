import type { DashboardSessionJson } from '@acme/schema/wire'
import { queryOptions, type UseQueryResult, useQuery } from '@tanstack/react-query'
import { setSignedOut } from '../shell/signed-out.ts'
import { keepDraftsOf } from '../views/user/drafts.ts'
import { onSessionEnd, onSessionRenewal, readSession } from './door.ts'
import { queryClient } from './query-client.ts'

/** Who is signed in. Read once: the server says by each reply whether it still holds. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }) => {
    const session = await readSession(signal)
    keepDraftsOf(session)
    return session
  },
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: Number.POSITIVE_INFINITY,
})

onSessionEnd(() => {
  keepDraftsOf(null)
  queryClient.setQueryData(sessionQuery.queryKey, null)
})

/** Lets in who has signed in. */
export function enter(session: DashboardSessionJson): void {
  keepDraftsOf(session)
  setSignedOut(false)
  queryClient.setQueryData(sessionQuery.queryKey, session)
}

onSessionRenewal(enter)

/** Who is signed in, null when nobody is. */
export function useSession(): UseQueryResult<DashboardSessionJson | null> {
  return useQuery(sessionQuery)
}

/** The instance that is looked at. Only below the shell, where somebody is or was signed in. */
export function useInstance(): DashboardSessionJson['instance'] | undefined {
  return useSession().data?.instance
}
