'use client'

import { useAcme, useUnsafeMetadata, useUser } from '@acme/frontend/react'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { Join } from './join.tsx'
import { QuickTheme } from './quick-theme.tsx'

/** What the browser shows: a form to join, or the metadata to edit. */
export function Editor() {
  const { isLoaded, isSignedIn, user, error } = useUser()
  const acme = useAcme()
  const router = useRouter()
  const [refusal, setRefusal] = useState('')

  if (error) return <p role="alert">{error.message}</p>
  if (!isLoaded) return <p>Loading …</p>
  if (!isSignedIn) return <Join />

  const upgrade = async () => {
    const response = await fetch('/api/upgrade', { method: 'POST' })
    if (!response.ok) return setRefusal('The upgrade failed. Try again.')
    await user.reload()
    router.refresh()
  }
  return (
    <>
      <section>
        <h2>Public metadata, read-only here</h2>
        <p>
          Plan: <strong data-testid="plan">{user.publicMetadata.plan ?? 'free'}</strong>
        </p>
        <button type="button" onClick={upgrade} disabled={user.publicMetadata.plan === 'pro'}>
          Upgrade to pro
        </button>
        <button type="button" className="quiet" onClick={() => acme.signOut()}>
          Sign out
        </button>
        {refusal && <p role="alert">{refusal}</p>}
      </section>
      <Unsafe />
    </>
  )
}

function Unsafe() {
  const { value, set, bytes, isSaving, error } = useUnsafeMetadata()
  const [bio, setBio] = useState(value.bio ?? '')
  return (
    <section>
      <h2>Unsafe metadata, yours to edit</h2>
      <label>
        Theme
        <select
          value={value.theme ?? 'light'}
          onChange={(event) => set({ theme: event.target.value === 'dark' ? 'dark' : 'light' })}
        >
          <option value="light">light</option>
          <option value="dark">dark</option>
        </select>
      </label>
      <label>
        About you
        <textarea rows={3} value={bio} onChange={(event) => setBio(event.target.value)} />
      </label>
      <p className="hint" data-testid="bytes">
        {isSaving ? 'Saving …' : `${bytes.used} bytes used, ${bytes.left} left`}
      </p>
      <button type="button" onClick={() => set({ bio })}>
        Save
      </button>
      <QuickTheme />
      {error && <p role="alert">{error.message}</p>}
    </section>
  )
}
