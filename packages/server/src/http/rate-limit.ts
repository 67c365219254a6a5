import { Fault, fault } from '../domain/fault.ts'

/** How many attempts are let through in a while. */
export interface RateLimit {
  /** @default 20 */
  readonly attempts: number
  /** In milliseconds. @default 10_000 */
  readonly window: number
}

/** Counts attempts by what they are for and where they come from. */
export interface RateLimiter {
  /** @throws Fault 429 with the seconds to wait */
  check(...keys: readonly (string | undefined)[]): void
}

/** How many keys are counted before the oldest are forgotten, so that memory is bounded. */
const capacity = 10_000

/** Makes a limiter of fixed windows, kept in this process. */
export function createRateLimiter({ attempts, window }: RateLimit, clock: () => number): RateLimiter {
  const windows = new Map<string, { readonly endsAt: number; count: number }>()
  return {
    check(...keys) {
      const now = clock()
      for (const key of keys) {
        if (key === undefined) continue
        let current = windows.get(key)
        if (!current || current.endsAt <= now) {
          current = { endsAt: now + window, count: 0 }
          windows.delete(key)
          windows.set(key, current)
          const oldest = windows.size > capacity ? windows.keys().next().value : undefined
          if (oldest !== undefined) windows.delete(oldest)
        }
        current.count++
        if (current.count > attempts) {
          const long = 'Too many attempts. Wait before trying again.'
          const { errors } = fault(429, 'too_many_requests', 'too many requests', long)
          throw new Fault(429, errors, (current.endsAt - now) / 1_000)
        }
      }
    },
  }
}

/**
 * The part of an address that one client has: an IPv4 address, also where it is mapped into IPv6, or the first 64
 * bits of an IPv6 one (RFC 6177). Undefined for what is no address.
 */
export function clientPrefix(given: string | undefined): string | undefined {
  // Some proxies pass the port on.
  const address = given?.replace(/^(?:\[(.*)\]|([\d.]+))(?::\d+)?$/, '$1$2')
  if (address === undefined || !address.includes(':')) return address
  const canonical = canonicalIpv6(address)
  if (canonical === undefined) return undefined
  const [head = '', tail] = canonical.split('::')
  const before = head.split(':').filter(Boolean)
  const after = (tail ?? '').split(':').filter(Boolean)
  const groups = [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after]
  if (groups.slice(0, 6).join(':') !== '0:0:0:0:0:ffff') return groups.slice(0, 4).join(':')
  return groups
    .slice(6)
    .flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255])
    .join('.')
}

/** Writes an IPv6 address in the one form of RFC 5952 (as the URL standard does), without its zone. */
function canonicalIpv6(address: string): string | undefined {
  try {
    return new URL(`http://[${address.replace(/%.*/, '')}]`).hostname.slice(1, -1)
  } catch {
    return undefined
  }
}
