import type { Http, HttpOptions } from '@acme/transport'

/**
 * Makes what sends calls, by the first of them: loading ky has Node load all of its fetch, which an import alone, of a
 * function that answers without a call, should not wait for.
 */
export function createLazyHttp(options: HttpOptions): Http {
  let http: Promise<Http> | undefined
  return {
    async send(call) {
      http ??= import('@acme/transport/http').then(({ createHttp }) => createHttp(options))
      return (await http).send(call)
    },
  }
}
