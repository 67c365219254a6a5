import { etag, jsonResponse, type Reply } from '../http/reply.ts'
import type { Instance } from '../instance.ts'
import { clientJson } from './client-json.ts'
import type { FrontendContext } from './frontend-env.ts'

/** Makes the response of a handler: the resource, and the client as it is now when something was written. */
export async function envelope(instance: Instance, c: FrontendContext, { json, version }: Reply): Promise<Response> {
  const known =
    c.env.method === 'GET' || !c.env.client ? undefined : await instance.storage.find('clients', c.env.client.id)
  const client = known ? await clientJson(instance, known, c.env.origin) : null
  return jsonResponse(
    JSON.stringify({ response: json, client }),
    200,
    version === undefined ? {} : { etag: etag(version) },
  )
}
