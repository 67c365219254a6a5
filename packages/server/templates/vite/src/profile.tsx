import { useAcme, useSession, useUnsafeMetadata, useUser } from '@acme/frontend/react'
import { Join } from './join.tsx'

/** What the signed-in user sees: the plan, which only the server changes, and the theme, which is theirs. */
export function Profile() {
  const { isLoaded, isSignedIn, user, error } = useUser()
  const session = useSession()
  const acme = useAcme()
  if (error) return <p role="alert">{error.message}</p>
  if (!isLoaded) return <p>Loading …</p>
  if (!isSignedIn) return <Join />

  const upgrade = async () => {
    const headers = { authorization: `Bearer ${await session?.getToken()}` }
    await fetch('/api/upgrade', { method: 'POST', headers })
    await user.reload()
  }
  return (
    <main>
      <h1>{user.username}</h1>
      <p>Plan: {user.publicMetadata.plan}</p>
      <Theme />
      <button type="button" onClick={upgrade}>
        Upgrade
      </button>
      <button type="button" onClick={() => acme.signOut()}>
        Sign out
      </button>
    </main>
  )
}

function Theme() {
  const { value: theme, set, error } = useUnsafeMetadata(({ theme }) => theme)
  return (
    <>
      <button type="button" onClick={() => set({ theme: theme === 'dark' ? 'light' : 'dark' })}>
        Theme: {theme}
      </button>
      {error && <p role="alert">{error.message}</p>}
    </>
  )
}
