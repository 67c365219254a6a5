import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { currentUser } from '../acme.server.ts'
import { Providers } from './providers.tsx'

export const metadata: Metadata = { title: 'Acme app' }

/** Every page: with the user as the server knows them, so that nothing flashes. */
export default async function Layout({ children }: { children: ReactNode }) {
  const user = await currentUser()
  return (
    <html lang="en">
      <body>
        <Providers publishableKey={`${process.env['ACME_PUBLISHABLE_KEY']}`} initialUser={user?.toClient()}>
          {children}
        </Providers>
      </body>
    </html>
  )
}
