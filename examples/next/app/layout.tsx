import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { currentUser } from '../acme.server.ts'
import { Providers } from './providers.tsx'
import './style.css'

export const metadata: Metadata = { title: 'Acme user metadata', icons: 'data:,' }

/** Every page: with the user as the server knows them, so that nothing flashes. */
export default async function Layout({ children }: { readonly children: ReactNode }) {
  const user = await currentUser()
  return (
    <html lang="en">
      <body>
        <main>
          <h1>Acme user metadata</h1>
          <Providers publishableKey={`${process.env['ACME_PUBLISHABLE_KEY']}`} initialUser={user?.toClient()}>
            {children}
          </Providers>
        </main>
      </body>
    </html>
  )
}
