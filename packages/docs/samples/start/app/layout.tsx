import type { ReactNode } from 'react'
import { currentUser } from '../acme.server'
import { Providers } from './providers'

export default async function Layout({ children }: { children: ReactNode }) {
  const user = await currentUser()
  return (
    <html lang="en">
      <body>
        <Providers publishableKey={`${process.env.ACME_PUBLISHABLE_KEY}`} initialUser={user?.toClient()}>
          {children}
        </Providers>
      </body>
    </html>
  )
}
