/**
 * Takes the place of `Request` inside ky. What ky makes, and clones for the case that it tries again, is never sent: the
 * transport makes the request of each attempt.
 */
export class KyRequest {
  readonly url: string
  readonly method: string
  readonly body = null

  constructor(input: string | KyRequest, { method }: { readonly method?: string } = {}) {
    const from = typeof input === 'string' ? { url: input, method: method ?? 'GET' } : input
    this.url = from.url
    this.method = from.method
  }

  clone(): this {
    return this
  }
}
