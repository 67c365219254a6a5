import type { Frontend } from './create-frontend.ts'
import type { Session } from './session.ts'

/** How often it is seen to, in milliseconds: well within what a token has left when it is renewed. */
const period = 5_000

/**
 * Keeps a token of the session in the cookie `__session`, by which servers of the page's own origin know the user
 * while they render: `backend.tokens.verify(cookie)`. It is for this origin alone (`SameSite=Lax`, `Secure` over
 * HTTPS), changes within every minute, and goes with the session. Gives the function that ends it.
 *
 * @param onChange called when the cookie has become another user's, or nobody's: the server would answer anew
 *
 * @example
 * useEffect(() => keepSessionCookie(acme, router.refresh), [])
 */
export function keepSessionCookie<M>(
  { subscribe, getSnapshot }: Pick<Frontend<M>, 'subscribe' | 'getSnapshot'>,
  onChange?: () => void,
): () => void {
  let followed: Session | null | undefined

  const write = (token: string, attributes = '') => {
    const secure = location.protocol === 'https:' ? '; secure' : ''
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser
    document.cookie = `__session=${token}; path=/; samesite=lax${secure}${attributes}`
  }
  const renew = async () => {
    const { session } = getSnapshot()
    const token = await session?.getToken().catch(() => undefined)
    // Without one, the next try may get it; the last one runs out by itself.
    if (token && getSnapshot().session === session) write(token)
  }
  const follow = async () => {
    const { isLoaded, session } = getSnapshot()
    if (!isLoaded || session === followed) return
    followed = session
    if (session) await renew()
    else write('', '; max-age=0')
    onChange?.()
  }

  const end = subscribe(follow)
  const timer = setInterval(renew, period)
  void follow()
  return () => {
    end()
    clearInterval(timer)
  }
}
