import type { Backend } from '@acme/backend'
import type { serverMetadata } from './metadata.server.ts'

/** What the webhook of a payment provider would do: the plan that the page shows, the customer id that it never sees. */
export async function upgrade(
  { users }: Backend<typeof serverMetadata>,
  userId: string,
  customerId: string,
): Promise<'free' | 'pro'> {
  const user = await users.updateUserMetadata(userId, {
    publicMetadata: { plan: 'pro' },
    privateMetadata: { customerId },
  })
  return user.publicMetadata.plan
}
