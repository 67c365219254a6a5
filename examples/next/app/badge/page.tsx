import { currentUser } from '../../acme.server.ts'
import { Badge } from './badge.tsx'

/** Hands the backend's own user to a client component: what the browser may not see stays behind all the same. */
export default async function BadgePage() {
  const user = await currentUser()
  return user ? <Badge user={user} /> : <p>Sign in first.</p>
}
