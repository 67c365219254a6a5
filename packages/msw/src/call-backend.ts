import { AcmeError } from '@acme/schema'
import type { Server } from '@acme/server'

/**
 * Asks the Backend API of a server, by a secret key of its own.
 *
 * @throws AcmeError with the code of the server's refusal
 */
export async function callBackend(
  server: Server,
  { url, secretKey }: { readonly url: string; readonly secretKey: string },
  method: string,
  path: string,
  body?: object,
): Promise<unknown> {
  const headers = { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' }
  const init = { method, headers, ...(body && { body: JSON.stringify(body) }) }
  const response = await server.fetch(new Request(`${url}${path}`, init))
  const json = await response.json()
  if (response.ok) return json
  const [{ code, long_message: message }] = json.errors
  throw new AcmeError({ code, message })
}
