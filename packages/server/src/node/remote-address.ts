/**
 * Finds out where a request comes from. `X-Forwarded-For` is a list to which each proxy appends the address that it
 * was called from; whatever stands further left than the proxies that are known to be there may be made up.
 */
export function remoteAddress(
  socketAddress: string | undefined,
  forwardedFor: string | null,
  trustedProxies: number,
): string | undefined {
  if (trustedProxies === 0) return socketAddress
  const addresses = [...(forwardedFor ?? '').split(','), socketAddress ?? ''].map((one) => one.trim()).filter(Boolean)
  return addresses.at(-1 - trustedProxies) ?? addresses[0]
}
