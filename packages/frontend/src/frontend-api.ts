import { type CallOptions, isJsonObject, type LooseJson, toWireNames } from '@acme/schema'
import type { Call } from '@acme/transport'
import { createHttp } from '@acme/transport/http'
import { baseUrlOf } from './base-url-of.ts'
import type { FrontendOptions } from './options.ts'

/** One request to the Frontend API. */
export interface ApiCall extends CallOptions, Pick<Call, 'method' | 'path' | 'readUser'> {
  readonly params?: object | undefined
  /** The session it speaks for. */
  readonly sessionId?: string | undefined
  /** Makes the write conditional: the version that the user must still have. */
  readonly ifMatch?: number | undefined
  /** The version of the Frontend API that it is written for. */
  readonly version?: string | undefined
}

/** The way to the Frontend API. */
export interface FrontendApi {
  send(call: ApiCall): Promise<LooseJson>
  /** Whether the last reply was `@acme/server`'s. */
  isAcme(): boolean
}

/**
 * Reaches the Frontend API. Requests are "simple" (CORS): the method and all that would be a header
 * travel in the query, the body is a form, so that no preflight delays them.
 */
export function createFrontendApi(options: FrontendOptions<unknown>): FrontendApi {
  const http = createHttp({ ...options, baseUrl: baseUrlOf(options), credentials: 'include' })
  let isAcme = false

  const send = async ({ path, params = {}, sessionId, ifMatch, version = '2026-05-12', ...call }: ApiCall) => {
    const isRead = call.method === 'GET'
    const query = toForm({
      __clerk_api_version: version,
      // POST needs none, and GET is what it is.
      _method: isRead || call.method === 'POST' ? undefined : call.method,
      _clerk_session_id: sessionId,
      // Not randomUUID, which pages on plain HTTP do not have.
      acme_idempotency_key: isRead
        ? undefined
        : `auto_${Date.now()}${crypto.getRandomValues(new Uint8Array(16)).join('')}`,
      acme_if_match: ifMatch,
    })
    const { json, headers } = await http.send({
      ...call,
      method: isRead ? 'GET' : 'POST',
      path: `${path}?${query}`,
      isRead,
      // Only a server known to honor the key may be asked twice; and not to begin a session, which gives the client
      // a new token: when that is lost with the answer, the server does not know who asks again.
      isRepeatable: isRead || (isAcme && !!sessionId),
      body: isRead ? undefined : toForm(toWireNames(params)),
    })
    isAcme = headers.has('acme-version')
    return (json ?? {}) as LooseJson
  }
  return { send, isAcme: () => isAcme }
}

/** Writes a form (application/x-www-form-urlencoded): undefined is left out, null is empty, objects are JSON. */
function toForm(params: LooseJson): URLSearchParams {
  const form = new URLSearchParams()
  for (const [key, value] of Object.entries(params)) {
    if (value !== undefined) form.set(key, isJsonObject(value) ? JSON.stringify(value) : `${value ?? ''}`)
  }
  return form
}
