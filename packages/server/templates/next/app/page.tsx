import { currentUser } from '../acme.server.ts'
import { Profile } from './profile.tsx'

export default async function Page() {
  const user = await currentUser()
  return (
    <main>
      {user?.privateMetadata.customerId && <p>There is a customer to bill.</p>}
      <Profile />
    </main>
  )
}
