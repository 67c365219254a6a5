import { type SetupWorker, setupWorker } from 'msw/browser'
import { createMock as createHandlers, type Mock, type MockOptions } from './create-mock.ts'

/** The mock, in a service worker. */
export interface BrowserMock extends Mock {
  /** Answers the requests of this page from now on. */
  start(): Promise<void>
  stop(): void
  /** MSW's own worker, for more handlers. */
  readonly worker: SetupWorker
}

/** Makes the mock for pages: previews, demos, tests in a browser. */
export function createMock(options: MockOptions = {}): BrowserMock {
  const mock = createHandlers(options)
  const worker = setupWorker(...mock.handlers)
  return {
    ...mock,
    worker,
    async start() {
      await worker.start({ quiet: true })
    },
    stop: () => worker.stop(),
  }
}

export type { Mock, MockOptions } from './create-mock.ts'
