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
    const request = new Request(`${original.url}&_is_native=1`, original)
    request.headers.set('authorization', store.get() ?? '')
    const sent = new Request(request, { credentials: 'omit' })
    followers.set(original, request).set(request, sent)
    const response = await fetch(sent)
    const token = response.headers.get('authorization')
    if (token) store.set(token)
    return response
  }
}
