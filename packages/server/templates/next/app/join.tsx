'use client'

import { useSignIn, useSignUp } from '@acme/frontend/react'
import { type SubmitEvent, useState } from 'react'

/** Signs up or in, by username and password. */
export function Join() {
  const signUp = useSignUp()
  const signIn = useSignIn()
  const [refusal, setRefusal] = useState('')

  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const [username, password] = [`${form.get('username')}`, `${form.get('password')}`]
    const isNew = event.nativeEvent.submitter?.getAttribute('value') === 'up'
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
      <label>
        Username <input name="username" autoComplete="username" required />
      </label>
      <label>
        Password <input name="password" type="password" autoComplete="current-password" required />
      </label>
      <button type="submit" value="up">
        Sign up
      </button>
      <button type="submit" value="in">
        Sign in
      </button>
      {refusal && <p role="alert">{refusal}</p>}
    </form>
  )
}
