import { type SetupServer, setupServer } from 'msw/node'
import { createMock as createHandlers, type Mock, type MockOptions } from './create-mock.ts'

/** The mock, listening in Node. */
export interface NodeMock extends Mock {
  /** Answers the requests of this process from now on. */
  listen(): void
  close(): void
  /** MSW's own server, for more handlers. */
  readonly server: SetupServer
}

/**
 * Makes the mock for tests in Node.
 *
 * @example
 * const acme = createMock()
 * beforeAll(() => acme.listen()); afterEach(() => acme.reset()); afterAll(() => acme.close())
 */
export function createMock(options: MockOptions = {}): NodeMock {
  const mock = createHandlers(options)
  const server = setupServer(...mock.handlers)
  return { ...mock, server, listen: () => server.listen(), close: () => server.close() }
}

export type { Mock, MockOptions } from './create-mock.ts'
