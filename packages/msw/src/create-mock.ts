import {
  formatPublishableKey,
  isLoopbackHost,
  type MetadataDefinition,
  parsePublishableKey,
  type RegisteredMetadata,
} from '@acme/schema'
import { createPbkdf2Passwords, createServer, createSigningKey } from '@acme/server'
import { createMemoryStorage } from '@acme/server/memory'
import { http, type RequestHandler } from 'msw'
import { callBackend } from './call-backend.ts'
import { answerOf, type MockFault, takeFault } from './faults.ts'
import { pass } from './page.ts'
import { describe, type MockRequest } from './requests.ts'
import type { State } from './state.ts'
import { createUsers, type MockUsers, type NewMockUser, toBody } from './users.ts'
import { createWebhooks, type MockWebhooks, sendTo } from './webhooks.ts'

/** What a mock is made of. */
export interface MockOptions<M = RegisteredMetadata> {
  /** Users who are there from the start, and again after each reset. */
  readonly users?: readonly NewMockUser<M>[] | undefined
  /** The app's metadata, made by `defineMetadata`: types the users, checks them, and puts its claims into their tokens. */
  readonly metadata?: M | undefined
  /** The `apiUrl` of the backend under test. @default the host that {@link publishableKey} names */
  readonly url?: string | undefined
  /** The key the page under test has; it names the host that the page calls. @default one for http://127.0.0.1:8787 */
  readonly publishableKey?: string | undefined
  /** The key the backend under test has. @default 'sk_test_mock_secret_key' */
  readonly secretKey?: string | undefined
  /** The time, in milliseconds since the epoch. @default Date.now */
  readonly clock?: (() => number) | undefined
}

/** The real server behind one MSW handler, on memory. */
export interface Mock<M = RegisteredMetadata> {
  /** To spread into an app's own MSW set-up. */
  readonly handlers: readonly RequestHandler[]
  /** The `apiUrl` of the backend under test. */
  readonly url: string
  readonly publishableKey: string
  readonly secretKey: string
  readonly users: MockUsers<M>
  /** What the app is told of its users. */
  readonly webhooks: MockWebhooks
  /**
   * Signs the page under test in as a user, given whole or by id, username or e-mail address, without any form. A
   * frontend that was loaded before learns of it by its next call.
   *
   * @throws AcmeError `resource_not_found`
   */
  signInAs(who: string | { readonly id: string }): Promise<void>
  /** Has the page under test forget who was signed in, as when its cookies are deleted. */
  forgetPage(): void
  /** What was asked since the last reset, oldest first. */
  readonly requests: readonly MockRequest[]
  /** Puts the server's clock forward, in milliseconds: tokens, sessions, codes and rate limits run out. */
  advance(milliseconds: number): void
  /** Has coming requests fail; faults are used up in the order they were given. */
  fail(fault: MockFault): void
  /** Has every answer take so many milliseconds from now on. */
  delay(milliseconds: number): void
  /** Forgets everything but the users it was made with: users, sessions, requests, webhooks, faults, delays and the clock. */
  reset(): void
}

/** One for all, since making it takes longer than most tests. */
let signingKey: ReturnType<typeof createSigningKey> | undefined

/**
 * Makes the real server (same matrix, limits, merges and errors) as a test double. Passwords are hashed in
 * one round, since nobody's secret is kept here; every code is 424242, and no attempt is one too many.
 *
 * @throws AcmeError `publishable_key_invalid`; `secret_key_invalid` at the first request
 *
 * @example
 * const acme = createMock({ metadata, users: [{ username: 'ada', publicMetadata: { plan: 'pro' } }] })
 * const server = setupServer(...acme.handlers, ...handlersOfTheApp)
 */
export function createMock<M = RegisteredMetadata>(options: MockOptions<M> = {}): Mock<M> {
  const {
    publishableKey = formatPublishableKey({ instanceType: 'test', host: '127.0.0.1:8787' }),
    secretKey = 'sk_test_mock_secret_key',
    clock = Date.now,
    metadata,
    users: seeds = [],
  } = options
  const { host } = parsePublishableKey(publishableKey)
  const pageUrl = `http${isLoopbackHost(host) ? '' : 's'}://${host}`
  const { url = pageUrl } = options
  const definition = metadata as MetadataDefinition | undefined

  function newState(): State {
    let server: ReturnType<State['server']> | undefined
    const state: State = {
      server() {
        server ??= start(state)
        return server
      },
      close() {
        server?.then((one) => one.close()).catch(() => {})
      },
      token: undefined,
      offset: 0,
      delay: 0,
      faults: [],
      requests: [],
      webhooks: { sent: [], handlers: [] },
      ended: new AbortController(),
    }
    return state
  }

  async function start(state: State) {
    signingKey ??= createSigningKey()
    const server = await createServer({
      signingKey: await signingKey,
      storage: createMemoryStorage(),
      publishableKey,
      secretKeys: [secretKey],
      passwords: createPbkdf2Passwords({ iterations: 1 }),
      // Pages reach it there.
      allowedOrigins: [new URL(url).origin],
      rateLimit: false,
      webhooks: { fetch: sendTo(state.webhooks) },
      clock: () => clock() + state.offset,
    })
    const declared = definition?.options ?? {}
    if (Object.values(declared).some((part) => Object.keys(part ?? {}).length > 0)) {
      // Without the schemas, by which the clients check: what they are made of may have no JSON Schema.
      const pushed = { schemas: {}, options: declared, force: true, allow_large_claims: true }
      await callBackend(server, { url, secretKey }, 'PUT', '/v1/metadata_schemas', pushed)
    }
    await server.createUsers(await Promise.all(seeds.map((seed) => toBody(seed, definition))))
    return server
  }

  let state = newState()
  const users = createUsers<M>(() => state.server(), url, secretKey, definition)

  async function answer({ request }: { readonly request: Request }): Promise<Response> {
    const current = state
    const asked = await describe(request)
    current.requests.push(asked)
    if (current.delay > 0) await new Promise((resolve) => setTimeout(resolve, current.delay))
    const fault = takeFault(current, asked)
    if (fault && !fault.applied) return answerOf(fault, request, current.ended.signal)
    const response = await pass(request, await current.server(), current)
    asked.status = response.status
    return fault ? answerOf(fault, request, current.ended.signal) : response
  }

  return {
    handlers: [...new Set([pageUrl, url])].map((origin) => http.all(`${origin}/*`, answer)),
    url,
    publishableKey,
    secretKey,
    users,
    webhooks: createWebhooks(() => state, { url, secretKey }),
    async signInAs(who) {
      const { id } = typeof who === 'string' ? await users.get(who) : who
      state.token = await (await state.server()).signIn(id)
    },
    forgetPage() {
      state.token = undefined
    },
    get requests() {
      return state.requests
    },
    advance(milliseconds) {
      state.offset += milliseconds
    },
    fail(fault) {
      state.faults.push({ fault, left: fault.times ?? 1 })
    },
    delay(milliseconds) {
      state.delay = milliseconds
    },
    reset() {
      state.ended.abort()
      state.close()
      state = newState()
    },
  }
}
