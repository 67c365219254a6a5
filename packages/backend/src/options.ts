import type { RegisteredMetadata } from '@acme/schema'

/** How a backend reaches its server. */
export interface BackendOptions<M = RegisteredMetadata> {
  /**
   * The instance's secret key, `sk_test_…` or `sk_live_…`. It is sent to {@link apiUrl} and nowhere else.
   *
   * @default the environment's `ACME_SECRET_KEY`
   */
  readonly secretKey?: string | undefined
  /**
   * Where the Backend API lives: what `npx @acme/server` prints, or `https://api.clerk.com` for Clerk's.
   *
   * @default the environment's `ACME_API_URL`
   */
  readonly apiUrl?: string | undefined
  /** The app's metadata, made by `defineMetadata`; it types the users. */
  readonly metadata?: M | undefined
  /** Called for every request. @default globalThis.fetch */
  readonly fetch?: ((request: Request) => Promise<Response>) | undefined
  /** The time allowed for one attempt, in milliseconds. @default 10_000 */
  readonly timeout?: number | undefined
  /** The time allowed for a whole call, in milliseconds. @default 30_000 */
  readonly totalTimeout?: number | undefined
}
