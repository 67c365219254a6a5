import { verifyWebhook } from '@acme/backend/webhooks'
import { isAcmeError } from '@acme/schema'
import { serverMetadata } from './typing.ts'

interface Table {
  has(eventId: string): Promise<boolean>
  save(userId: string, plan: string): Promise<void>
  forget(userId: string): Promise<void>
}

export function createHook(secret: string, table: Table) {
  // #region handle
  async function handle(request: Request): Promise<Response> {
    try {
      const event = await verifyWebhook(request, { secret, metadata: serverMetadata })
      if (await table.has(event.id)) return new Response(null, { status: 204 }) // it came before
      if (event.type === 'user.deleted') await table.forget(event.data.id)
      else await table.save(event.data.id, event.data.publicMetadata.plan)
      return new Response(null, { status: 204 })
    } catch (error) {
      if (isAcmeError(error)) return new Response(error.code, { status: 400 })
      throw error // not 2xx: it comes again
    }
  }
  // #endregion handle
  return handle
}
