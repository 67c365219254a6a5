import { useEffect, useRef } from 'react'
import { follow } from '../api/live.ts'
import { useSession } from '../api/use-session.ts'
import { ErrorState } from '../parts/states.tsx'
import { SignIn } from '../views/sign-in/sign-in.tsx'
import { SignInAgain } from '../views/sign-in/sign-in-again.tsx'
import { Shell } from './shell.tsx'
import { hasSignedOut } from './signed-out.ts'

/** Lets in who is signed in. Who was until a moment ago keeps their page, and signs in over it. */
export function Gate() {
  const { data: session, isPending, error, refetch } = useSession()
  const wasIn = useRef(false)
  if (session) wasIn.current = true
  if (hasSignedOut()) wasIn.current = false

  const isIn = Boolean(session)
  useEffect(() => (isIn ? follow() : undefined), [isIn])

  if (isPending) return null
  if (error && !session && !wasIn.current) {
    return (
      <main className="closed">
        <ErrorState error={error} retry={() => refetch()} />
      </main>
    )
  }
  if (!session && !wasIn.current) return <SignIn />
  return (
    <>
      <Shell />
      {!session && <SignInAgain />}
    </>
  )
}
