/** Keeps the token by which the server knows this client. */
export interface ClientTokenStore {
  get(): string | null
  set(token: string): void
}

/**
 * Makes the `fetch` for where there are no cookies: native apps, Node. The client's token travels in the
 * `Authorization` header instead, and is kept by the app.
 *
 * @example
 * const acme = createFrontend({ publishableKey, fetch: fetchWithoutCookies(store) })
 */
export function fetchWithoutCookies(
  store: ClientTokenStore,
  fetch: (request: Request) => Promise<Response> = (request) => globalThis.fetch(request),
): (request: Request) => Promise<Response> {
  // Each is held as long as the one whose signal it follows: Node no longer ends what follows a request that was
  // collected (nodejs/undici#4068).
  const followers = new WeakMap<Request, Request>()
  return async (original) => {
    const { url, method, signal, cache, redirect } = original
    const headers = new Headers(original.headers)
    headers.set('authorization', store.get() ?? '')
    // Its text, and not the request whole: React Native and Firefox make no request of another one's body.
    const body = method === 'GET' ? null : await original.text()
    const init: RequestInit = { method, headers, body, signal, cache, redirect, credentials: 'omit' }
    const sent = new Request(`${url}&_is_native=1`, init)
    followers.set(original, sent)
    const response = await fetch(sent)
    const token = response.headers.get('authorization')
    if (token) store.set(token)
    return response
  }
}
