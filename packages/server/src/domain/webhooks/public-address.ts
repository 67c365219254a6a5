/**
 * IPv4 addresses that are not another machine of the public Internet (IANA's registry of special-purpose addresses),
 * and the address at which a cloud tells its machines their secrets.
 */
const special4 = [
  '0.0.0.0/8', // this network
  '10.0.0.0/8', // private
  '100.64.0.0/10', // shared by carriers; metadata of one cloud
  '127.0.0.0/8', // loopback
  '168.63.129.16/32', // metadata of one cloud
  '169.254.0.0/16', // link-local; metadata of most clouds
  '172.16.0.0/12', // private
  '192.0.0.0/24', // protocols; metadata of one cloud
  '192.0.2.0/24', // documentation
  '192.88.99.0/24', // relays of 6to4
  '192.168.0.0/16', // private
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, broadcast
] as const

/** Of IPv6 only global unicast is public, and of that all but these. */
const global6 = '2000::/3'
const special6 = [
  '2001::/23', // protocols; Teredo, which carries an IPv4 address
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4, which carries an IPv4 address
  '3fff::/20', // documentation
] as const

/** Whether an address, IPv4 or IPv6 in any spelling that URLs take, is one of the public Internet. */
export function isPublicAddress(text: string): boolean {
  const bytes = bytesOf(text)
  if (!bytes) return false
  if (bytes.length === 4) return !special4.some((range) => isIn(bytes, range))
  // An IPv4 address in IPv6's clothes (RFC 4291, section 2.5.5.2) is what it is.
  if (isIn(bytes, '::ffff:0:0/96')) return isPublicAddress(bytes.slice(12).join('.'))
  return isIn(bytes, global6) && !special6.some((range) => isIn(bytes, range))
}

/** Whether the host of a URL is an address instead of a name. */
export function isAddress(hostname: string): boolean {
  return bytesOf(hostname) !== undefined
}

function isIn(bytes: readonly number[], range: string): boolean {
  const [address = '', bits] = range.split('/')
  const start = bytesOf(address) ?? []
  return start.length === bytes.length && prefixOf(start, Number(bits)) === prefixOf(bytes, Number(bits))
}

function prefixOf(bytes: readonly number[], bits: number): string {
  return bytes
    .map((byte) => byte.toString(2).padStart(8, '0'))
    .join('')
    .slice(0, bits)
}

/** The bytes of an address; undefined for anything else. The URL parser reads every spelling there is and writes one. */
function bytesOf(text: string): readonly number[] | undefined {
  const bare = text.replace(/^\[|\]$/g, '').replace(/%.*$/, '')
  const url = `http://${bare.includes(':') ? `[${bare}]` : bare}/`
  const hostname = URL.canParse(url) ? new URL(url).hostname : ''
  if (/^\d+\.\d+\.\d+\.\d+$/.test(hostname)) return hostname.split('.').map(Number)
  if (!hostname.startsWith('[')) return undefined
  const [head = '', tail] = hostname.slice(1, -1).split('::')
  const groups = (part: string) => part.split(':').filter((group) => group !== '')
  const [first, last] = [groups(head), groups(tail ?? '')]
  const middle = Array.from({ length: 8 - first.length - last.length }, () => '0')
  return [...first, ...middle, ...last].flatMap((group) => {
    const value = Number.parseInt(group, 16)
    return [value >> 8, value & 255]
  })
}
