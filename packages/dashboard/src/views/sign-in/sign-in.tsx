import './sign-in.css'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { signIn } from '../../api/door.ts'
import { enter } from '../../api/use-session.ts'
import { Mark } from '../../shell/mark.tsx'
import { SignInForm } from './sign-in-form.tsx'
import { onCode, takeCode } from './take-code.ts'

/** The page of who is not signed in. A code in the fragment of the address signs in by itself. */
export function SignIn() {
  const code = useSyncExternalStore(onCode, takeCode)
  const [spent, setSpent] = useState<string>()
  const usesCode = code !== undefined && code !== spent
  useEffect(() => {
    document.title = 'Sign in · Dashboard'
    if (code === undefined) return
    signIn({ code }).then(enter, () => setSpent(code))
  }, [code])
  return (
    <main className="sign-in">
      <div className="sign-in-box">
        <Mark size={28} />
        <h1>Sign in to the dashboard</h1>
        <p className="soft">
          {usesCode
            ? 'One moment…'
            : 'Use a secret key of this server. It goes to the server alone, and the sign-in ends after 30 minutes without use.'}
        </p>
        {code !== undefined && !usesCode && (
          <p className="sign-in-note" role="status">
            The link you followed was used or is over. Sign in by a key instead.
          </p>
        )}
        {!usesCode && <SignInForm />}
        {!usesCode && (
          <p className="sign-in-help">
            Where is my key? <code>acme-server</code> prints it when it starts, and <code>acme-server keys</code> makes
            more.
          </p>
        )}
      </div>
    </main>
  )
}
