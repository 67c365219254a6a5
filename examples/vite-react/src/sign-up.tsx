import { useSignUp } from '@acme/frontend/react'
import { type FormEvent, useState } from 'react'
import { useAction } from './use-action.ts'

/** Signs up, with a field of unsafe metadata that becomes the user's. */
export function SignUp() {
  const { isBusy, message, run } = useAction()
  const signUp = useSignUp()
  const [needsCode, setNeedsCode] = useState(false)

  const create = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    return run(async () => {
      const begun = await signUp.create({
        emailAddress: `${form.get('emailAddress')}`,
        password: `${form.get('password')}`,
        unsafeMetadata: { referrer: `${form.get('referrer')}`, theme: 'light' },
      })
      await begun.prepareVerification()
      setNeedsCode(true)
      return undefined
    })
  }

  const verify = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const code = `${new FormData(event.currentTarget).get('code')}`
    return run(async () => {
      await signUp.attemptVerification({ code })
      return undefined
    })
  }

  if (needsCode) {
    return (
      <form onSubmit={verify}>
        <h2>Check your mail</h2>
        <label>
          Code
          <input name="code" inputMode="numeric" autoComplete="one-time-code" required />
        </label>
        <p className="hint">This test instance sends nothing: the code is 424242.</p>
        <button type="submit" disabled={isBusy}>
          Verify
        </button>
        {message && <p role="alert">{message}</p>}
      </form>
    )
  }
  return (
    <form onSubmit={create}>
      <h2>Sign up</h2>
      <label>
        E-mail address
        <input name="emailAddress" type="email" autoComplete="email" required />
      </label>
      <label>
        Password
        <input name="password" type="password" autoComplete="new-password" required />
      </label>
      <label>
        How did you hear of us?
        <input name="referrer" required />
      </label>
      <button type="submit" disabled={isBusy}>
        Sign up
      </button>
      {message && <p role="alert">{message}</p>}
    </form>
  )
}
