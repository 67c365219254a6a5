import { paramFault } from '../fault.ts'
import { isAddress, isPublicAddress } from './public-address.ts'

const maxLength = 2_048

/**
 * Refuses a URL that no event may be sent to, by what it says itself: the address that a name leads to is looked at
 * when it is sent. Hosts that whoever runs the server has named may be reached by http, and wherever they are.
 *
 * @throws Fault 422 `webhook_url_refused`
 */
export function assertTarget(text: string, allowedHosts: ReadonlySet<string>): void {
  const refused = (why: string) => paramFault('url', 'webhook_url_refused', 'is refused', `url ${why}.`)
  if (text.length > maxLength || !URL.canParse(text)) throw refused(`is an address of at most ${maxLength} characters`)
  const url = new URL(text)
  if (!/^https?:$/.test(url.protocol)) throw refused('begins with https://')
  if (url.username !== '' || url.password !== '') throw refused('holds no user and no password')
  if (url.hash !== '') throw refused('has no fragment')
  if (isAllowedHost(url, allowedHosts)) return
  const hint = 'unless whoever runs the server names its host by --webhook-allow-host'
  if (url.protocol !== 'https:') throw refused(`begins with https://, ${hint}`)
  if (isAddress(url.hostname) && !isPublicAddress(url.hostname)) {
    throw refused(`leads to a machine of the public Internet, ${hint}`)
  }
}

/** Whether the host of a URL was named by whoever runs the server, with its port or without. */
export function isAllowedHost({ hostname, host }: URL, allowedHosts: ReadonlySet<string>): boolean {
  return allowedHosts.has(hostname) || allowedHosts.has(host)
}
