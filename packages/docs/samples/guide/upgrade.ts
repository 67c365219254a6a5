import type { Backend } from '@acme/backend'

/** A function of the app, as its tests call it. */
export async function upgrade({ users }: Backend, userId: string): Promise<void> {
  await users.updateUserMetadata(userId, { publicMetadata: { plan: 'pro' }, privateMetadata: { customerId: 'cus_1' } })
}
