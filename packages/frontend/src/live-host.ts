import type { LooseJson } from '@acme/schema'
import type { FrontendOptions } from './options.ts'

/** What live updates need of the frontend that they keep current. */
export interface LiveHost extends Pick<FrontendOptions<unknown>, 'publishableKey' | 'fetch'> {
  /** Where the Frontend API is, without the version segment. */
  readonly baseUrl: string
  /** What is known, as far as it matters here. */
  getSnapshot(): {
    readonly session: { readonly id: string } | null
    readonly user: { readonly version?: number | undefined } | null
  }
  /** Takes over a user of a session, unless a newer one is known. */
  acceptUser(json: LooseJson, sessionId: string): unknown
  /** Finds out anew who is signed in. */
  reload(): Promise<void>
}

/**
 * Keeps a frontend current: made for it once, then called whenever something of it has changed, or whether anybody
 * listens to it.
 */
export type LiveUpdates = (host: LiveHost) => (isWatched: boolean) => void
