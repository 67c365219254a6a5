import { currentUser } from '../acme.server'
import { Theme } from './theme'

export default async function Page() {
  const user = await currentUser()
  return (
    <main>
      <p>The plan is {user?.publicMetadata.plan ?? 'free'}.</p>
      {user?.privateMetadata.customerId && <p>There is a customer to bill.</p>}
      <Theme />
    </main>
  )
}
