import { useUser } from '@acme/frontend/react'
import { useState } from 'react'
import { Profile } from './profile.tsx'
import { SignIn } from './sign-in.tsx'
import { SignUp } from './sign-up.tsx'

/** The whole page: who is not signed in signs up or in, who is sees their profile. */
export function App() {
  const { isLoaded, isSignedIn, user, error } = useUser()
  const [wantsSignIn, setWantsSignIn] = useState(false)

  return (
    <main>
      <h1>Acme user metadata</h1>
      {error && <p role="alert">{error.message}</p>}
      {!isLoaded && !error && <p>Loading …</p>}
      {isSignedIn && <Profile key={user.id} user={user} />}
      {isLoaded && !isSignedIn && (
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
