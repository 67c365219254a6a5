'use client'

import { createFrontend, keepSessionCookie } from '@acme/frontend'
import { AcmeProvider, type InitialUser } from '@acme/frontend/react'
import { useRouter } from 'next/navigation'
import { type ReactNode, useEffect, useState } from 'react'
import { metadata } from '../metadata.ts'

/** Gives the page its client, and the server the session cookie. */
export function Providers(props: {
  publishableKey: string
  initialUser: InitialUser | undefined
  children: ReactNode
}) {
  const { publishableKey, initialUser, children } = props
  const [acme] = useState(() => createFrontend({ publishableKey, metadata }))
  const { refresh } = useRouter()
  const shown = initialUser?.id

  // The server renders anew for whoever signs in or out.
  useEffect(() => keepSessionCookie(acme, () => acme.user?.id !== shown && refresh()), [acme, refresh, shown])

  return (
    <AcmeProvider frontend={acme} initialUser={initialUser}>
      {children}
    </AcmeProvider>
  )
}
