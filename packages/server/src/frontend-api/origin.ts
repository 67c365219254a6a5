import { isLoopbackHost } from '@acme/schema'
import { fault } from '../domain/fault.ts'
import type { Instance } from '../instance.ts'

/** Whether pages of an origin may use this instance: those allowed, the server's own, and in test instances this machine's. */
export function isAllowedOrigin(instance: Instance, origin: string, url: URL): boolean {
  if (instance.allowedOrigins.has(origin) || origin === url.origin || origin === instance.origin) return true
  const host = /^https?:\/\/([^/]+)$/.exec(origin)?.[1]
  return instance.instanceType === 'test' && host !== undefined && isLoopbackHost(host)
}

/**
 * Refuses writes that come from elsewhere. Requests of this API are simple ones, which browsers send
 * without asking first, so that the origin alone tells a page of the app from any other.
 */
export function assertOrigin(instance: Instance, request: Request, url: URL): void {
  const origin = request.headers.get('origin')
  if (origin !== null && isAllowedOrigin(instance, origin, url)) return
  throw fault(
    400,
    'origin_invalid',
    'Invalid origin',
    'The request comes from an origin that this instance does not allow.',
  )
}

/** The CORS headers of a reply: that very origin, never `*`, since cookies travel along. */
export function corsHeaders(instance: Instance, request: Request, url: URL): Record<string, string> {
  const origin = request.headers.get('origin')
  if (origin === null || !isAllowedOrigin(instance, origin, url)) return { vary: 'Origin' }
  return {
    vary: 'Origin',
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': 'Authorization, Clerk-Db-Jwt, Retry-After, X-Country, ETag, acme-version',
  }
}
