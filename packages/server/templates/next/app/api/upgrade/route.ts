import { backend, currentUserId } from '../../../acme.server.ts'
import { upgrade } from '../../../upgrade.ts'

export async function POST(): Promise<Response> {
  const userId = await currentUserId()
  if (userId === undefined) return Response.json({ error: 'signed out' }, { status: 401 })
  return Response.json({ plan: await upgrade(backend(), userId, `cus_${userId}`) })
}
