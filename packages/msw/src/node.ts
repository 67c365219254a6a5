import type { RegisteredMetadata } from '@acme/schema'
import { type SetupServer, setupServer } from 'msw/node'
import { createMock as createHandlers, type Mock, type MockOptions } from './create-mock.ts'

/** The mock, listening in Node. */
export interface NodeMock<M = RegisteredMetadata> extends Mock<M> {
  /** Answers the requests of this process from now on; the options are MSW's. */
  listen(options?: Parameters<SetupServer['listen']>[0]): void
  close(): void
  /**
   * Gives a test a mock of its own, which no test beside it shares: for tests that run at the same time.
   *
   * @example
   * test.concurrent('…', acme.boundary(async (acme) => { … }))
   */
  boundary<Args extends unknown[], Result>(
    run: (mock: Mock<M>, ...args: Args) => Promise<Result>,
  ): (...args: Args) => Promise<Result>
  /** MSW's own server, for more handlers. */
  readonly server: SetupServer
}

/**
 * Makes the mock for tests in Node.
 *
 * @example
 * const acme = createMock({ metadata })
 * beforeAll(() => acme.listen())
 * afterEach(() => acme.reset())
 * afterAll(() => acme.close())
 */
export function createMock<M = RegisteredMetadata>(options: MockOptions<M> = {}): NodeMock<M> {
  const mock = createHandlers(options)
  const server = setupServer(...mock.handlers)
  // Not a copy, in which what changes would stand still.
  return Object.assign(Object.create(mock) as Mock<M>, {
    server,
    listen: (options?: Parameters<SetupServer['listen']>[0]) => server.listen(options),
    close: () => server.close(),
    boundary<Args extends unknown[], Result>(run: (mock: Mock<M>, ...args: Args) => Promise<Result>) {
      return (...args: Args) =>
        server.boundary(async () => {
          const own = createHandlers(options)
          server.use(...own.handlers)
          return run(own, ...args)
        })()
    },
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
