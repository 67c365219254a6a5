/**
 * Reads a `Retry-After` header (RFC 9110, section 10.2.3): seconds or an HTTP date. Gives seconds from
 * now, or undefined when it is missing, negative or nonsense.
 */
export function readRetryAfter(headers: Headers): number | undefined {
  // Some servers leave spaces around it, and some runtimes hand them on.
  const text = headers.get('retry-after')?.trim()
  if (!text) return
  const seconds = /^\d+$/.test(text) ? Number(text) : Math.ceil((Date.parse(text) - Date.now()) / 1000)
  return seconds >= 0 ? seconds : undefined
}
