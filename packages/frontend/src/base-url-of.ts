import { isLoopbackHost, parsePublishableKey } from '@acme/schema'
import type { FrontendOptions } from './options.ts'

/** Where the Frontend API is, without the version segment. @throws AcmeError `publishable_key_invalid` */
export function baseUrlOf({
  publishableKey,
  proxyUrl,
}: Pick<FrontendOptions<unknown>, 'publishableKey' | 'proxyUrl'>): string {
  const { host } = parsePublishableKey(publishableKey)
  return proxyUrl ?? `http${isLoopbackHost(host) ? '' : 's'}://${host}`
}
