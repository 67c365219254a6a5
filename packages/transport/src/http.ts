import { createSender, type Http, type HttpOptions } from './sender.ts'
import { tryAgain } from './try-again.ts'

/** Makes what sends calls, all of it at once: what a page once was given is there when its network is not. */
export function createHttp(options: HttpOptions): Http {
  return createSender(options, () => tryAgain)
}
