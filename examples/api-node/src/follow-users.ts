import { verifyWebhook } from '@acme/backend/webhooks'
import { isAcmeError } from '@acme/schema'
import { serverMetadata } from './metadata.server.ts'
import type { UserCopies } from './user-copies.ts'

/** Answers a webhook of the user-metadata server: 2xx says that the event was dealt with, and need not come again. */
export async function followUsers(request: Request, secret: string, copies: UserCopies): Promise<Response> {
  try {
    copies.follow(await verifyWebhook(request, { secret, metadata: serverMetadata }))
    return new Response(null, { status: 204 })
  } catch (error) {
    return new Response(isAcmeError(error) ? error.message : 'failed', { status: isAcmeError(error) ? 400 : 500 })
  }
}
