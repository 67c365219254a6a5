import { isLoopbackHost } from '@acme/schema'
import { fault } from '../domain/fault.ts'
import type { Instance } from '../instance.ts'

/** Whether pages of an origin may use this instance: those allowed, the instance's own, and in test instances this machine's. */
export function isAllowedOrigin(instance: Instance, origin: string): boolean {
  if (instance.allowedOrigins.has(origin) || origin === instance.origin) return true
  const host = /^https?:\/\/([^/]+)$/.exec(origin)?.[1]
  return instance.instanceType === 'test' && host !== undefined && isLoopbackHost(host)
}

/** The host of an origin: `example.com:8443` of `https://example.com:8443`. */
function hostOf(origin: string): string {
  return origin.slice(origin.indexOf('//') + 2)
}

/**
 * Refuses requests to another host than this instance's. A page whose own name was made to resolve to this machine
 * (DNS rebinding) is of one origin with whatever answers it, and its browser says so by the Host alone.
 */
export function assertHost(instance: Instance, { host }: URL): void {
  if (isLoopbackHost(host) || host === hostOf(instance.origin)) return
  if ([...instance.allowedOrigins].some((origin) => URL.canParse(origin) && new URL(origin).host === host)) return
  const long = 'This instance has another host. Have the proxy before it pass its own Host on, or allow that origin.'
  throw fault(400, 'host_invalid', 'Invalid host', long)
}

/**
 * Refuses writes that come from elsewhere. Requests of this API are simple ones, which browsers send
 * without asking first, so that the origin alone tells a page of the app from any other.
 */
export function assertOrigin(instance: Instance, request: Request): void {
  const origin = request.headers.get('origin')
  if (origin !== null && isAllowedOrigin(instance, origin)) return
  throw fault(
    400,
    'origin_invalid',
    'Invalid origin',
    'The request comes from an origin that this instance does not allow.',
  )
}

/** The CORS headers of a reply: that very origin, never `*`, since cookies travel along. */
export function corsHeaders(instance: Instance, request: Request): Record<string, string> {
  const origin = request.headers.get('origin')
  if (origin === null || !isAllowedOrigin(instance, origin)) return { vary: 'Origin' }
  return {
    vary: 'Origin',
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers':
      'Authorization, Clerk-Db-Jwt, Retry-After, X-Country, ETag, acme-version, acme-outcome',
  }
}
