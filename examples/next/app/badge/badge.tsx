'use client'

import type { InitialUser } from '@acme/frontend/react'

/** The user on a badge. */
export function Badge({ user }: { readonly user: InitialUser }) {
  return (
    <section>
      <h2>{user.username}</h2>
      <p>Plan: {user.publicMetadata.plan ?? 'free'}</p>
    </section>
  )
}
