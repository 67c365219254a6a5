'use client'

import { createFrontend, keepSessionCookie } from '@acme/frontend'
import { AcmeProvider, type InitialUser } from '@acme/frontend/react'
import { useRouter } from 'next/navigation'
import { type ReactNode, useEffect, useState } from 'react'
import { metadata } from '../metadata.ts'

/** Gives the page its browser client, and the server the session cookie. */
export function Providers(props: {
  readonly publishableKey: string
  readonly initialUser: InitialUser | undefined
  readonly children: ReactNode
}) {
  const { publishableKey, initialUser, children } = props
  const [acme] = useState(() => createFrontend({ publishableKey, metadata }))
  const router = useRouter()
  const seenId = initialUser?.id

  // Whoever signs in or out is told by the server's own components too.
  useEffect(
    () =>
      keepSessionCookie(acme, () => {
        if (acme.user?.id !== seenId) router.refresh()
      }),
    [acme, router, seenId],
  )
  return (
    <AcmeProvider frontend={acme} initialUser={initialUser}>
      {children}
    </AcmeProvider>
  )
}
