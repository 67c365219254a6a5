import type { Server } from '@acme/server'
import type { MockFault } from './faults.ts'
import type { MockRequest } from './requests.ts'
import type { WebhookState } from './webhooks.ts'

/** What a mock knows until it is reset. Whatever began before then goes on with what it began with. */
export interface State {
  /** Made when it is first needed: a test that needs none pays for none. */
  server(): Promise<Server>
  /** Ends what pages still hold open. */
  close(): void
  /** The token by which the server knows the page under test. */
  token: string | undefined
  /** How far the clock has been put forward, in milliseconds. */
  offset: number
  /** How long every answer takes, in milliseconds. */
  delay: number
  readonly faults: { readonly fault: MockFault; left: number }[]
  readonly requests: MockRequest[]
  readonly webhooks: WebhookState
  /** Ends when the mock is reset. */
  readonly ended: AbortController
}
