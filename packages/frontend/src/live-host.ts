import type { LooseJson } from '@acme/schema'
import type { FrontendOptions } from './options.ts'

/** What live updates need of the frontend that they keep current. */
export interface LiveHost extends Pick<FrontendOptions<unknown>, 'publishableKey' | 'proxyUrl' | 'fetch'> {
  /** What is known, as far as it matters here. */
  getSnapshot(): {
    readonly session: { readonly id: string } | null
    readonly user: { readonly version?: number | undefined } | null
  }
  /** Calls the listener after each change; gives the function that ends it. */
  subscribe(listener: () => void): () => void
  /** Takes over a user of a session, unless a newer one is known. */
  acceptUser(json: LooseJson, sessionId: string): unknown
  /** Finds out anew who is signed in. */
  reload(): Promise<void>
}

/** Keeps a frontend current: made for it once; gives the way to listen to it, and works while somebody does. */
export type LiveUpdates = (host: LiveHost) => LiveHost['subscribe']
