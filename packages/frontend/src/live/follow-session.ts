import { readRetryAfter } from '@acme/transport'
import { baseUrlOf } from '../base-url-of.ts'
import type { LiveHost } from '../live-host.ts'
import { pause } from './pause.ts'
import { readEvents } from './read-events.ts'

/** How long a hidden page keeps its stream, in milliseconds: who looks elsewhere for a moment comes back soon. */
const grace = 5_000

/**
 * The longest wait before the first new attempt, and before any, in milliseconds; in between each is so many times the one
 * before, which makes it about as long as the server has been away by then.
 */
const firstWait = 500
const longestWait = 30_000
const growth = 1.5

/** The longest time that a server's `Retry-After` is obeyed, in milliseconds. */
const longestPause = 300_000

/** How long a stream has to last for its end to be none of its faults, in milliseconds. */
const steady = 10_000

/** A tab that learns of the end of a session waits up to so many milliseconds: the one who ended it may be told by then. */
const hesitation = 300

/**
 * Keeps the user of a session current, in this tab and in step with the others of its browser: one holds a lock and the
 * stream, and passes on what it says. Gives the function that ends it.
 */
export function followSession(host: LiveHost, sessionId: string): () => void {
  const name = `acme live ${host.publishableKey} ${sessionId}`
  const ended = new AbortController()
  const page = globalThis.document as Document | undefined
  const channel = globalThis.BroadcastChannel && new BroadcastChannel(name)
  const version = () => host.getSnapshot().user?.version ?? 0
  /** Ends what this tab does while it is looked at: waiting for the lock, or holding the stream. */
  let attention: AbortController | undefined
  /** The attention that holds the stream. */
  let holder: AbortSignal | undefined
  let said: string | undefined
  let hiding: ReturnType<typeof setTimeout> | undefined
  let hiddenSince = Number.POSITIVE_INFINITY

  /** Takes over what the stream said: the user, or null when the session is over. */
  async function take(text: string): Promise<void> {
    // Frozen, so that what the types call read-only is.
    const user = JSON.parse(text, (_, value) => Object.freeze(value))
    if (user) {
      try {
        host.acceptUser(user, sessionId)
      } catch (error) {
        // The app's schema refuses what is stored, and the app wants an error.
        globalThis.reportError?.(error)
      }
      return
    }
    await pause(Math.random() * hesitation, ended.signal)
    if (!ended.signal.aborted) await host.reload().catch(() => {})
  }

  /** Tabs that begin to look say which version they know; texts are what the stream said. */
  function hear(data: string | number): void {
    if (typeof data === 'string') void take(data)
    else if (data > version()) host.reload().catch(() => {})
    else if (holder && data < version()) channel?.postMessage(said ?? version())
  }

  function ask(signal: AbortSignal): Promise<Response> {
    // In the query, since a header of this name would have browsers ask first.
    const query = new URLSearchParams({ _clerk_session_id: sessionId, acme_last_event_id: `${version()}` })
    const url = `${baseUrlOf(host)}/v1/me/events?${query}`
    return (host.fetch ?? fetch)(new Request(url, { credentials: 'include', cache: 'no-store', signal }))
  }

  async function holdStream(signal: AbortSignal): Promise<void> {
    holder = signal
    for (let failures = 0; !signal.aborted; ) {
      const since = Date.now()
      let status = 0
      let wait = 0
      try {
        const response = await readEvents(
          ask,
          (data) => {
            said = data
            channel?.postMessage(data)
            return take(data)
          },
          signal,
        )
        status = response.status
        wait = Math.min(longestPause, (readRetryAfter(response.headers) ?? 0) * 1_000)
      } catch {}
      if (status === 401) await take('null')
      // Another kind of server, or a page that it does not know.
      else if (status >= 400 && status < 500 && status !== 408 && status !== 429) break
      failures = Date.now() - since > steady ? 0 : failures + 1
      await pause(wait + Math.random() * Math.min(longestWait, firstWait * growth ** failures), signal)
    }
    if (holder === signal) holder = undefined
  }

  function leave(): void {
    attention?.abort()
    attention = undefined
  }

  function look(): void {
    clearTimeout(hiding)
    const { locks, onLine } = globalThis.navigator ?? {}
    const isHidden = page?.visibilityState === 'hidden'
    // A page that slept meanwhile was not told of the time, nor of the end of its connection.
    if (onLine === false || Date.now() - hiddenSince > grace) leave()
    hiddenSince = isHidden ? Math.min(hiddenSince, Date.now()) : Number.POSITIVE_INFINITY
    if (isHidden) hiding = setTimeout(leave, grace)
    else if (onLine !== false && !attention) {
      attention = new AbortController()
      const { signal } = attention
      const hold = () => holdStream(signal)
      channel?.postMessage(version())
      // Pages on plain HTTP have no locks: there each tab holds a stream of its own.
      ;(locks ? locks.request(name, { signal }, hold) : hold()).catch(() => {})
    }
  }

  if (channel) channel.onmessage = ({ data }) => hear(data)
  page?.addEventListener('visibilitychange', look, { signal: ended.signal })
  for (const name of ['online', 'offline']) globalThis.addEventListener?.(name, look, { signal: ended.signal })
  look()

  return () => {
    ended.abort()
    clearTimeout(hiding)
    leave()
    channel?.close()
  }
}
