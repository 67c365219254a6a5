'use client'

import { SignedIn, useUnsafeMetadata } from '@acme/frontend/react'

export function Theme() {
  const { value: theme, set } = useUnsafeMetadata(({ theme }) => theme)
  return (
    <SignedIn>
      <button type="button" onClick={() => set({ theme: theme === 'dark' ? 'light' : 'dark' })}>
        Theme: {theme}
      </button>
    </SignedIn>
  )
}
