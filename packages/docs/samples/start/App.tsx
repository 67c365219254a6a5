import { AcmeProvider, useSession, useSignUp, useUnsafeMetadata, useUser } from '@acme/frontend/react'
import { acme } from './acme.ts'

export default function App() {
  return (
    <AcmeProvider frontend={acme}>
      <Profile />
    </AcmeProvider>
  )
}

function Profile() {
  const { isLoaded, isSignedIn, user } = useUser()
  if (!isLoaded) return <p>Loading …</p>
  if (!isSignedIn) return <Join />
  return (
    <>
      <p>
        {user.username} has the plan {user.publicMetadata.plan}.
      </p>
      <Theme />
      <Upgrade />
    </>
  )
}

function Theme() {
  const { value: theme, set } = useUnsafeMetadata(({ theme }) => theme)
  const other = theme === 'dark' ? 'light' : 'dark'
  return (
    <p>
      The theme is {theme}.{' '}
      <button type="button" onClick={() => set({ theme: other })}>
        Make it {other}
      </button>
    </p>
  )
}

function Join() {
  const signUp = useSignUp()
  const join = async (form: FormData) => {
    await signUp.create({
      username: `${form.get('username')}`,
      password: `${form.get('password')}`,
      unsafeMetadata: { theme: 'dark' },
    })
  }
  return (
    <form action={join}>
      <input name="username" aria-label="Username" required />
      <input name="password" type="password" aria-label="Password" required />
      <button type="submit">Sign up</button>
    </form>
  )
}

function Upgrade() {
  const { user } = useUser()
  const session = useSession()
  const upgrade = async () => {
    await fetch('/api/upgrade', {
      method: 'POST',
      headers: { authorization: `Bearer ${await session?.getToken()}` },
    })
    await user?.reload()
  }
  return (
    <button type="button" onClick={upgrade}>
      Upgrade
    </button>
  )
}
