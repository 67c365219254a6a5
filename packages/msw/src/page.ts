import type { Server } from '@acme/server'
import type { State } from './state.ts'

/**
 * Passes a request to the server as the browser of the page under test would: with the token of its client, which
 * is kept here, since neither Node nor a service worker keeps cookies for an answer that was made up. Requests that
 * bring a token or a secret key are passed as they are.
 */
export async function pass(request: Request, server: Server, state: State): Promise<Response> {
  const { headers } = request
  const url = new URL(request.url)
  const isPage =
    !headers.has('authorization') &&
    !url.searchParams.has('_is_native') &&
    !/(^| )__client=/.test(headers.get('cookie') ?? '')
  if (!isPage) return server.fetch(request)
  if (headers.has('origin')) return passWithCookie(request, server, state)
  // A page has no other way to name its origin here than to be none: as a native app.
  url.searchParams.set('_is_native', '1')
  const native = new Request(url, {
    method: request.method,
    headers: { ...Object.fromEntries(headers), authorization: state.token ?? '' },
    // Read whole: environments that stand for a page (jsdom) take no Request and no stream for what a Request is made of,
    // and Firefox shows no stream.
    ...(request.method !== 'GET' && { body: await request.arrayBuffer() }),
  })
  const response = await server.fetch(native)
  const token = response.headers.get('authorization')
  if (token === null) return response
  state.token = token
  const rest = new Headers(response.headers)
  rest.delete('authorization')
  return new Response(response.body, { status: response.status, headers: rest })
}

async function passWithCookie(request: Request, server: Server, state: State): Promise<Response> {
  const withCookie = new Request(request)
  if (state.token !== undefined) withCookie.headers.append('cookie', `__client=${state.token}`)
  const response = await server.fetch(withCookie)
  const given = /^__client=([^;]*)/.exec(response.headers.get('set-cookie') ?? '')?.[1]
  if (given !== undefined) state.token = given
  return response
}
