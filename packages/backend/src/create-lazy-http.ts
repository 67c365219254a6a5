import { readJson } from '@acme/schema'
import type { Http, HttpOptions } from '@acme/transport'

/**
 * Makes what sends calls, by the first of them: loading ky has Node load all of its fetch, which an import alone, of a
 * function that answers without a call, should not wait for.
 */
export function createLazyHttp(options: HttpOptions): Http {
  let http: Http | undefined
  return {
    send(call) {
      if (http) return http.send(call)
      return import('@acme/transport/http').then(({ createHttp }) => {
        // Several first calls share one.
        http ??= createHttp({ ...options, parse: readJson })
        return http.send(call)
      })
    },
  }
}
