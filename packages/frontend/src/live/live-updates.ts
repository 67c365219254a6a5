import type { LiveUpdates } from '../live-host.ts'
import { followSession } from './follow-session.ts'

/**
 * Keeps the signed-in user current by server-sent events, for as long as anybody listens: a change by your back end,
 * another device or another tab shows within a second, and so does the end of the session. One tab of a browser holds
 * the stream and tells the others; a page that is hidden or offline holds none, and is current when it comes back. Needs
 * `@acme/server`.
 *
 * @example
 * const acme = createFrontend({ publishableKey, live: liveUpdates })
 */
export const liveUpdates: LiveUpdates = (host) => {
  const listening = new Set<() => void>()
  let followed: { readonly sessionId: string; readonly end: () => void } | undefined
  let isDue = false

  function look(): void {
    isDue = false
    const sessionId = listening.size > 0 ? host.getSnapshot().session?.id : undefined
    if (sessionId === followed?.sessionId) return
    followed?.end()
    followed = sessionId ? { sessionId, end: followSession(host, sessionId) } : undefined
  }

  /** Behind what happens at once: who stops listening may begin again, as in React's StrictMode. */
  function lookSoon(): void {
    if (isDue) return
    isDue = true
    queueMicrotask(look)
  }

  host.subscribe(lookSoon)
  return (listener) => {
    const end = host.subscribe(listener)
    listening.add(end)
    lookSoon()
    return () => {
      end()
      listening.delete(end)
      lookSoon()
    }
  }
}
