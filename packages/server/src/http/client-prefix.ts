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
