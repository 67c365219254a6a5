import type { Frontend } from '../create-frontend.ts'

/** What a tab tells the others: which client it is, who is signed in on it, and how new that is. Never what is known of them. */
interface Told {
  readonly client: string | undefined
  /** When the client changed last, in milliseconds since the epoch. */
  readonly changedAt: number
  readonly session: string | undefined
  readonly version: number
}

/**
 * Keeps the tabs of one browser the same: each tells the others of its instance when it changed, and reads anew when
 * another tab of its client knows of something newer. Gives the function that ends it.
 */
export function syncTabs(acme: Frontend<unknown>): () => void {
  if (typeof BroadcastChannel === 'undefined') return () => {}
  const channel = new BroadcastChannel(`acme ${acme.publishableKey}`)
  const look = (): Told => ({
    client: acme.client?.id,
    changedAt: +(acme.client?.updatedAt ?? 0),
    session: acme.session?.id,
    version: acme.user?.version ?? 0,
  })
  const nameOf = ({ client, session, version }: Told) => `${client} ${session} ${version}`
  let told = ''
  const strangers = new Set<string | undefined>()

  const isNews = (heard: Told, now: Told) => {
    if (heard.client === now.client) {
      return heard.session === now.session ? heard.version > now.version : heard.changedAt >= now.changedAt
    }
    // Where nobody is signed in, that may be this browser's new client. One that is not is not asked after again.
    if (!heard.session || now.session || strangers.has(heard.client)) return false
    strangers.add(heard.client)
    return true
  }
  const tell = () => {
    const now = look()
    if (!acme.isLoaded || told === nameOf(now)) return
    told = nameOf(now)
    channel.postMessage(now)
  }
  channel.onmessage = ({ data }: MessageEvent<Told>) => {
    if (!acme.isLoaded || !isNews(data, look())) return
    // Not told again what was just heard.
    told = nameOf(data)
    acme.reload().catch(() => {})
  }
  const end = acme.subscribe(tell)
  tell()
  return () => {
    end()
    channel.close()
  }
}
