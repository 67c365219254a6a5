import { useSignIn } from '@acme/frontend/react'
import type { FormEvent } from 'react'
import { useAction } from './use-action.ts'

/** Signs in by e-mail address or username, and password. */
export function SignIn() {
  const { isBusy, message, run } = useAction()
  const signIn = useSignIn()

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    return run(async () => {
      await signIn.create({ identifier: `${form.get('identifier')}`, password: `${form.get('password')}` })
      return undefined
    })
  }

  return (
    <form onSubmit={submit}>
      <h2>Sign in</h2>
      <label>
        E-mail address or username
        <input name="identifier" autoComplete="username" required />
      </label>
      <label>
        Password
        <input name="password" type="password" autoComplete="current-password" required />
      </label>
      <button type="submit" disabled={isBusy}>
        Sign in
      </button>
      {message && <p role="alert">{message}</p>}
    </form>
  )
}
