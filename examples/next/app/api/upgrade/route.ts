import { backend, currentUserId } from '../../../acme.server.ts'

/** What the webhook of a payment provider would do: the plan that shows, the customer id that never leaves the server. */
export async function POST(): Promise<Response> {
  const userId = await currentUserId()
  if (userId === undefined) return Response.json({ error: 'signed out' }, { status: 401 })
  const { publicMetadata } = await backend().users.updateUserMetadata(userId, {
    publicMetadata: { plan: 'pro' },
    privateMetadata: { paymentCustomerId: `cus_${userId.slice(-12)}` },
  })
  return Response.json({ plan: publicMetadata.plan })
}
