import { useEffect, useState, useSyncExternalStore } from 'react'
import { acme } from './acme.ts'
import { Profile } from './profile.tsx'
import { SignIn } from './sign-in.tsx'
import { SignUp } from './sign-up.tsx'

/** The whole page: who is not signed in signs up or in, who is sees their profile. */
export function App() {
  const { isLoaded, user } = useSyncExternalStore(acme.subscribe, acme.getSnapshot)
  const [wantsSignIn, setWantsSignIn] = useState(false)
  const [failure, setFailure] = useState('')

  useEffect(() => {
    acme.load().catch((error: Error) => setFailure(error.message))
  }, [])

  return (
    <main>
      <h1>Acme user metadata</h1>
      {failure && <p role="alert">{failure}</p>}
      {!isLoaded && !failure && <p>Loading …</p>}
      {isLoaded && user && <Profile user={user} />}
      {isLoaded && !user && (
        <>
          {wantsSignIn ? <SignIn /> : <SignUp />}
          <button type="button" className="link" onClick={() => setWantsSignIn(!wantsSignIn)}>
            {wantsSignIn ? 'New here? Sign up' : 'Have an account? Sign in'}
          </button>
        </>
      )}
    </main>
  )
}
