interface Held {
  readonly url: string
  readonly method: string
  readonly body: null
  clone(): Held
}

/**
 * Takes the place of `Request` inside ky. What ky makes, and clones for the case that it tries again, is never sent: the
 * transport makes the request of each attempt.
 */
export function KyRequest(input: string | Held, { method = 'GET' }: { readonly method?: string }): Held {
  if (typeof input !== 'string') return input
  return {
    url: input,
    method,
    body: null,
    clone() {
      return this
    },
  }
}
