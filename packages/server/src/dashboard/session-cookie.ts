import { withSuffix } from '../auth/client-token.ts'
import { longestSession } from '../domain/dashboard/dashboard-sessions.ts'

/** Where the dashboard is; the cookie is sent nowhere else. */
export const dashboardPath = '/dashboard'

/**
 * Names the cookie of a session. It tells the instances of one host apart, since cookies know no ports; over https none
 * can have set it that came by http.
 */
export async function sessionCookie(publishableKey: string, isSecure: boolean): Promise<string> {
  const [, name] = await withSuffix(publishableKey, 'acme_dashboard')
  return isSecure ? `__Secure-${name}` : `${name}`
}

/** Reads it. */
export function readSessionCookie(request: Request, name: string): string | undefined {
  const cookies = (request.headers.get('cookie') ?? '').split(/; */)
  return cookies.find((cookie) => cookie.startsWith(`${name}=`))?.slice(name.length + 1)
}

/** Writes it: out of reach of scripts, and sent along with what comes of this site's own pages alone. */
export function sessionCookieText(name: string, token: string, isSecure: boolean): string {
  const lifetime = token === '' ? 0 : longestSession / 1_000
  return `${name}=${token}; Path=${dashboardPath}; Max-Age=${lifetime}; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`
}
