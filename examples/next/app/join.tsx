'use client'

import { useSignIn, useSignUp } from '@acme/frontend/react'
import { type FormEvent, useState } from 'react'

/** Signs up or in, by username and password. */
export function Join() {
  const signUp = useSignUp()
  const signIn = useSignIn()
  const [refusal, setRefusal] = useState('')

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const [username, password] = [`${form.get('username')}`, `${form.get('password')}`]
    const isNew = (event.nativeEvent as SubmitEvent).submitter?.getAttribute('value') === 'up'
    setRefusal('')
    try {
      if (isNew) await signUp.create({ username, password, unsafeMetadata: { theme: 'light' } })
      else await signIn.create({ identifier: username, password })
    } catch (error) {
      setRefusal((error as Error).message)
    }
  }
  return (
    <form onSubmit={submit}>
      <h2>Join</h2>
      <label>
        Username
        <input name="username" autoComplete="username" required />
      </label>
      <label>
        Password
        <input name="password" type="password" autoComplete="current-password" required />
      </label>
      <button type="submit" value="up">
        Sign up
      </button>
      <button type="submit" value="in" className="quiet">
        Sign in
      </button>
      {refusal && <p role="alert">{refusal}</p>}
    </form>
  )
}
