import type { Backend } from '@acme/backend'
import type { serverMetadata } from './metadata.server.ts'

/** What the webhook of a payment provider calls: the plan that the page shows, the customer id that it never sees. */
export async function upgrade(
  { users }: Backend<typeof serverMetadata>,
  userId: string,
  customerId: string,
): Promise<void> {
  await users.updateUserMetadata(userId, { publicMetadata: { plan: 'pro' }, privateMetadata: { customerId } })
}
