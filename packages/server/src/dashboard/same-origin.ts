import { fault } from '../domain/fault.ts'

/** What changes nothing (RFC 9110). */
const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD'])

/** What a browser fetches a document for that another document shows within itself. */
const frames: ReadonlySet<string> = new Set(['iframe', 'frame', 'fencedframe', 'embed', 'object'])

/**
 * Refuses what does not come from the dashboard's own page: from a page of another origin, of another port or name of
 * this site too, from what another page shows within itself, or by an address that somebody was led to.
 *
 * @throws Fault 403
 */
export function assertSameOrigin(request: Request, url: URL): void {
  const site = request.headers.get('sec-fetch-site')
  const origin = request.headers.get('origin')
  const isSaid = site !== null || origin !== null
  const isElsewhere = (site !== null && site !== 'same-origin') || (origin !== null && !isOf(origin, url))
  // Every browser names the origin of what writes.
  if (!isElsewhere && (isSaid || safeMethods.has(request.method))) return
  const long = 'The dashboard answers its own page alone: open it by its own address.'
  throw fault(403, 'dashboard_origin_invalid', 'not from the dashboard', long)
}

/** Refuses to be shown within another page. @throws Fault 403 */
export function assertNoFrame(request: Request): void {
  if (!frames.has(request.headers.get('sec-fetch-dest') ?? '')) return
  const long = 'The dashboard is not shown within another page: open it by its own address.'
  throw fault(403, 'dashboard_origin_invalid', 'not in a frame', long)
}

/** Whether an origin is that of a host, by whichever scheme a proxy speaks to this server. */
function isOf(origin: string, { host }: URL): boolean {
  return URL.canParse(origin) && new URL(origin).host === host
}
