import { useState } from 'react'
import { Matrix } from './matrix.tsx'
import { SignIn } from './sign-in.tsx'
import { SignUp } from './sign-up.tsx'

/** For who is not signed in: the way in, beside what there is to see. */
export function Join() {
  const [wantsSignIn, setWantsSignIn] = useState(false)
  return (
    <div className="join">
      <div>
        {wantsSignIn ? <SignIn /> : <SignUp />}
        <button type="button" className="link" onClick={() => setWantsSignIn(!wantsSignIn)}>
          {wantsSignIn ? 'New here? Sign up' : 'Have an account? Sign in'}
        </button>
        <p className="hint">
          Once you are in, every cell has buttons that try it, and your server’s view stands beside.
        </p>
      </div>
      <Matrix />
    </div>
  )
}
