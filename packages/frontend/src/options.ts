import type { RegisteredMetadata } from '@acme/schema'
import type { LiveUpdates } from './live-host.ts'

/** How a frontend reaches its server. */
export interface FrontendOptions<M = RegisteredMetadata> {
  /** The instance's publishable key, `pk_test_…` or `pk_live_…`; it names the host of the Frontend API. */
  readonly publishableKey: string
  /** The app's metadata, made by `defineMetadata`; it types the user. */
  readonly metadata?: M | undefined
  /** Where the Frontend API is reached instead of the key's host: an absolute URL, or a path of the page's origin. */
  readonly proxyUrl?: string | undefined
  /**
   * `liveUpdates` of `@acme/frontend/live`: the user is current without asking, as long as anybody listens. An import of
   * its own, so that pages without it do not load it.
   */
  readonly live?: LiveUpdates | undefined
  /** Called for every request. @default globalThis.fetch */
  readonly fetch?: ((request: Request) => Promise<Response>) | undefined
  /** The time allowed for one attempt, in milliseconds. @default 10_000 */
  readonly timeout?: number | undefined
  /** The time allowed for a whole call, in milliseconds. @default 30_000 */
  readonly totalTimeout?: number | undefined
}
