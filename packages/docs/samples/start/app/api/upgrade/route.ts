import { backend, currentUserId } from '../../../acme.server'

export async function POST(): Promise<Response> {
  const userId = await currentUserId()
  if (!userId) return Response.json({}, { status: 401 })
  const user = await backend().users.updateUserMetadata(userId, {
    publicMetadata: { plan: 'pro' },
    privateMetadata: { customerId: 'cus_1' },
  })
  return Response.json({ plan: user.publicMetadata.plan })
}
