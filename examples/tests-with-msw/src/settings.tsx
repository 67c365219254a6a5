import { useSignUp, useUnsafeMetadata, useUser } from '@acme/frontend/react'
import type { FormEvent } from 'react'

/** The page: who is not signed in joins, who is sees their plan and edits their settings. */
export function Settings() {
  const { isLoaded, isSignedIn, user, error } = useUser()
  if (error) return <p role="alert">{error.message}</p>
  if (!isLoaded) return <p>Loading …</p>
  if (!isSignedIn) return <Join />
  return (
    <section>
      <h2>{user.username}</h2>
      <p>Plan: {user.publicMetadata.plan}</p>
      <Theme />
      <Bio />
      <Refusal />
    </section>
  )
}

function Theme() {
  const { value: theme, set } = useUnsafeMetadata(({ theme }) => theme ?? 'light')
  return (
    <button type="button" onClick={() => set({ theme: theme === 'dark' ? 'light' : 'dark' })}>
      Theme: {theme}
    </button>
  )
}

function Bio() {
  const { value: bio, set, bytes, isSaving } = useUnsafeMetadata(({ bio }) => bio ?? '')
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    set({ bio: `${new FormData(event.currentTarget).get('bio')}` })
  }
  return (
    <form onSubmit={save}>
      <label>
        About you
        <textarea name="bio" defaultValue={bio} />
      </label>
      <p>{bytes.left} bytes left</p>
      <button type="submit" disabled={isSaving}>
        Save
      </button>
    </form>
  )
}

function Refusal() {
  const { error } = useUnsafeMetadata()
  return error && <p role="alert">{error.message}</p>
}

function Join() {
  const signUp = useSignUp()
  const join = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    await signUp.create({
      username: `${form.get('username')}`,
      password: `${form.get('password')}`,
      unsafeMetadata: { referrer: new URLSearchParams(window.location.search).get('from') ?? 'nowhere' },
    })
  }
  return (
    <form onSubmit={join}>
      <h2>Join</h2>
      <label>
        Username
        <input name="username" autoComplete="username" required />
      </label>
      <label>
        Password
        <input name="password" type="password" autoComplete="new-password" required />
      </label>
      <button type="submit">Sign up</button>
    </form>
  )
}
