'use client'

import { useUser } from '@acme/frontend/react'

/** The shortest way to change unsafe metadata. */
export function QuickTheme() {
  const { user } = useUser()
  const update = async () => {
    await user?.update({ unsafeMetadata: { ...user.unsafeMetadata, theme: 'dark' } })
  }
  return (
    <button type="button" className="quiet" onClick={update}>
      Make it dark
    </button>
  )
}
