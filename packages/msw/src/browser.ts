import type { RegisteredMetadata } from '@acme/schema'
import { type SetupWorker, setupWorker } from 'msw/browser'
import { createMock as createHandlers, type Mock, type MockOptions } from './create-mock.ts'

/** The mock, in a service worker. */
export interface BrowserMock<M = RegisteredMetadata> extends Mock<M> {
  /** Answers the requests of this page from now on; the options are MSW's. */
  start(options?: Parameters<SetupWorker['start']>[0]): Promise<void>
  stop(): void
  /** MSW's own worker, for more handlers. */
  readonly worker: SetupWorker
}

/**
 * Makes the mock for pages: previews, demos, tests in a browser. MSW's worker script must be served beside the page
 * (`npx msw init public`). Everything is in the memory of the page, and gone when it is loaded again.
 *
 * @example
 * const acme = createMock({ metadata, users: [{ username: 'ada' }] })
 * await acme.start()
 * await acme.signInAs('ada')
 */
export function createMock<M = RegisteredMetadata>(options: MockOptions<M> = {}): BrowserMock<M> {
  const mock = createHandlers(options)
  const worker = setupWorker(...mock.handlers)
  // Not a copy, in which what changes would stand still.
  return Object.assign(Object.create(mock) as Mock<M>, {
    worker,
    async start(options?: Parameters<SetupWorker['start']>[0]) {
      await worker.start({ quiet: true, ...options })
    },
    stop: () => worker.stop(),
  })
}

export type {
  Mock,
  MockFault,
  MockOptions,
  MockRequest,
  MockUser,
  MockUsers,
  MockWebhook,
  MockWebhookOptions,
  MockWebhooks,
  NewMockUser,
} from './index.ts'
