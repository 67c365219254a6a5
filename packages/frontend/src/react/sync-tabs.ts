import type { Frontend } from '../create-frontend.ts'

/** What a tab tells the others: who is signed in there, and how new that is. Never what is known of them. */
interface Told {
  readonly session: string | undefined
  readonly version: number
}

/**
 * Keeps the tabs of one browser the same: each tells the others when it changed, and reads anew when another knows
 * of something newer. Gives the function that ends it.
 */
export function syncTabs(acme: Frontend<unknown>): () => void {
  if (typeof BroadcastChannel === 'undefined') return () => {}
  const channel = new BroadcastChannel('acme')
  const look = (): Told => ({ session: acme.session?.id, version: acme.user?.version ?? 0 })
  let told: Told | undefined

  const tell = () => {
    const now = look()
    if (!acme.isLoaded || (told?.session === now.session && told?.version === now.version)) return
    told = now
    channel.postMessage(now)
  }
  channel.onmessage = ({ data }: MessageEvent<Told>) => {
    const now = look()
    if (!acme.isLoaded || (data.session === now.session && data.version <= now.version)) return
    // Not told again what was just heard.
    told = data
    acme.reload().catch(() => {})
  }
  const end = acme.subscribe(tell)
  tell()
  return () => {
    end()
    channel.close()
  }
}
