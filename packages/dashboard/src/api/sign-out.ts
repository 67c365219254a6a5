import { setSignedOut } from '../shell/signed-out.ts'
import { forgetDrafts } from '../views/user/drafts.ts'
import { endSession } from './door.ts'
import { queryClient } from './query-client.ts'
import { sessionQuery } from './use-session.ts'

/** Signs out, and forgets what was read and what was being written: none of it is the next person's. */
export async function signOut(): Promise<void> {
  forgetDrafts()
  await endSession()
  setSignedOut(true)
  queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionQuery.queryKey[0] })
  queryClient.setQueryData(sessionQuery.queryKey, null)
}
