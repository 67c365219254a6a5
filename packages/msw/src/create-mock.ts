import { formatPublishableKey } from '@acme/schema'
import { createPbkdf2Passwords, createServer, type Server } from '@acme/server'
import { createMemoryStorage } from '@acme/server/memory'
import { http, type RequestHandler } from 'msw'

/** What a mock is made of. */
export interface MockOptions {
  /** Where the SDKs under test believe the server is. @default 'http://127.0.0.1:8787' */
  readonly url?: string | undefined
  /** @default 'sk_test_mock_secret_key' */
  readonly secretKey?: string | undefined
  /** The time, in milliseconds since the epoch. @default Date.now */
  readonly clock?: (() => number) | undefined
}

/** The real server behind one MSW handler, on memory. */
export interface Mock {
  /** To spread into an app's own MSW set-up. */
  readonly handlers: readonly RequestHandler[]
  readonly url: string
  readonly publishableKey: string
  readonly secretKey: string
  /** Forgets every user and session. */
  reset(): void
}

/**
 * Makes the real server (same matrix, limits, merges and errors) as a test double. Passwords are hashed in
 * one round, since nobody's secret is kept here; every code is 424242.
 */
export function createMock(options: MockOptions = {}): Mock {
  const { url = 'http://127.0.0.1:8787', secretKey = 'sk_test_mock_secret_key', clock } = options
  const publishableKey = formatPublishableKey({ instanceType: 'test', host: new URL(url).host })
  const create = () =>
    createServer({
      storage: createMemoryStorage(),
      publishableKey,
      secretKeys: [secretKey],
      passwords: createPbkdf2Passwords({ iterations: 1 }),
      rateLimit: { attempts: Number.POSITIVE_INFINITY, window: 1 },
      clock,
    })
  // Made by the first request: a test that needs none pays for none.
  let server: Promise<Server> | undefined
  const handler = http.all(`${url}/*`, async ({ request }) => {
    server ??= create()
    return (await server).fetch(request)
  })
  return {
    handlers: [handler],
    url,
    publishableKey,
    secretKey,
    reset() {
      server = undefined
    },
  }
}
