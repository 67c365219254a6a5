import { jsonResponse, type Reply, replyHeaders, replyText } from '../http/reply.ts'
import type { Instance } from '../instance.ts'
import { clientJson } from './client-json.ts'
import type { FrontendContext } from './frontend-env.ts'

/** Makes the response of a handler: the resource, and the client as it is now when something was written. */
export async function envelope(instance: Instance, c: FrontendContext, reply: Reply): Promise<Response> {
  const asked = c.env.method === 'GET' ? undefined : c.env.client
  // A visitor's client is nowhere but in the request.
  const known = asked && ((await instance.storage.find('clients', asked.id)) ?? asked)
  const client = known ? await clientJson(instance, known, c.env.origin) : null
  return jsonResponse(`{"response":${replyText(reply)},"client":${JSON.stringify(client)}}`, 200, replyHeaders(reply))
}
