import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as backendSource from '@acme/backend'
import * as source from '@acme/frontend'
import { formatPublishableKey } from '@acme/schema'
import { expect, onTestFinished, test } from 'vitest'
import { root } from '../src/repository.ts'

// The build takes parts out of ky: whatever happens on the wire, the built clients must do what the sources do.
type Sdk = typeof source
const publishableKey = formatPublishableKey({ instanceType: 'test', host: '127.0.0.1:1' })

const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', 'acme-version': '0.1.0', ...headers },
  })
const user = (version: number) => ({ id: 'user_1', object: 'user', unsafe_metadata: { visits: version }, version })
const client = {
  response: {
    last_active_session_id: 'sess_1',
    sessions: [{ id: 'sess_1', status: 'active', user: user(1) }],
  },
}
const refusal = (status: number, code: string, headers?: Record<string, string>, meta?: object) =>
  json({ errors: [{ code, message: code, long_message: code, meta }], clerk_trace_id: 'trace' }, status, headers)
const refused = Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } })
const broken = () =>
  new Response(
    new ReadableStream({
      pull(controller) {
        controller.error(new TypeError('terminated'))
      },
    }),
  )

type Answer = () => Response | Promise<Response>
const fine: Answer = () => json({ response: user(2) })
const never: Answer = () => new Promise(() => {})
const soon = () => new Date(Date.now() + 900).toUTCString()

/** What the wire answers, attempt by attempt. */
const wires: Record<string, readonly Answer[]> = {
  'an answer': [fine],
  'a connection refused, then an answer': [() => Promise.reject(refused), fine],
  'a connection lost, then an answer': [() => Promise.reject(new TypeError('fetch failed')), fine],
  'no connection at all': [() => Promise.reject(refused)],
  'a body cut off, then an answer': [broken, fine],
  'HTML, then an answer': [() => new Response('<html>', { status: 502 }), fine],
  'HTML that says it went well': [() => new Response('<html>')],
  '503 with seconds, then an answer': [() => refusal(503, 'busy', { 'retry-after': '1' }), fine],
  '503 with a date, then an answer': [() => refusal(503, 'busy', { 'retry-after': soon() }), fine],
  '503 with another header of that kind': [() => refusal(503, 'busy', { 'ratelimit-reset': '86400' }), fine],
  '503 with nonsense, then an answer': [() => refusal(503, 'busy', { 'retry-after': '-1' }), fine],
  '429 for a day': [() => refusal(429, 'too_many_requests', { 'retry-after': '86400' })],
  '408, then an answer': [() => refusal(408, 'late'), fine],
  '500 for ever': [() => refusal(500, 'internal')],
  '400': [() => refusal(400, 'bad')],
  '404': [() => refusal(404, 'resource_not_found')],
  '412': [() => refusal(412, 'version_conflict', {}, { current: user(5) })],
  '413': [() => refusal(413, 'request_body_too_large')],
  '422': [() => refusal(422, 'form_param_value_invalid', {}, { param_name: 'unsafe_metadata', path: ['a'] })],
  'a redirect': [() => new Response(null, { status: 302, headers: { location: 'https://evil.example' } })],
  'silence, then an answer': [never, fine],
  'silence for ever': [never],
}

type User = NonNullable<source.Frontend<unknown>['user']>
const calls: Record<string, (user: User, signal: AbortSignal) => Promise<unknown>> = {
  reload: (user) => user.reload(),
  update: (user) => user.update({ firstName: 'Ada', unsafeMetadata: { a: '字' } }, { ifMatch: 3 }),
  updateMetadata: (user) => user.updateMetadata({ unsafeMetadata: { a: null } }),
  'updateMetadata, aborted': (user, signal) => user.updateMetadata({ unsafeMetadata: {} }, { signal }),
}

/** Everything there is to see of a call: what was sent, attempt by attempt, and what came of it. */
async function observe(sdk: Sdk, answers: readonly Answer[], call: (typeof calls)[string]) {
  const sent: unknown[] = []
  let count = -1
  const abort = new AbortController()
  const acme = sdk.createFrontend<unknown>({
    publishableKey,
    timeout: 2_000,
    totalTimeout: 20_000,
    async fetch(request) {
      if (count++ < 0) return json(client)
      const { method, headers, credentials, redirect } = request
      // The idempotency key is random; that it stays the same is what matters.
      const url = new URL(request.url)
      const key = url.searchParams.get('acme_idempotency_key')
      url.searchParams.delete('acme_idempotency_key')
      sent.push({
        url: url.href,
        key,
        method,
        headers: [...headers],
        credentials,
        redirect,
        body: await request.text(),
      })
      if (call === calls['updateMetadata, aborted']) abort.abort()
      return ((answers[count - 1] ?? answers.at(-1)) as Answer)()
    },
  })
  await acme.load()
  const result = await call(acme.user as User, abort.signal).then(
    (value) => ({ value: JSON.stringify(value) }),
    (error: unknown) => ({ error: { ...(error as object), text: String(error) } }),
  )
  const keys = new Set(sent.map((one) => (one as { key: unknown }).key))
  return { sent: sent.map((one) => ({ ...(one as object), key: keys.size })), result, user: JSON.stringify(acme.user) }
}

const built: Sdk = await import(pathToFileURL(join(root, 'packages/frontend/dist/index.js')).href)

test.each(Object.entries(wires))(
  'the built client does what the sources do when it meets %s',
  async (name, answers) => {
    await Promise.all(
      Object.entries(calls).map(async ([how, call]) => {
        const [expected, actual] = await Promise.all([observe(source, answers, call), observe(built, answers, call)])
        expect({ how, ...actual }).toEqual({ how, ...expected })
        expect(expected.sent).not.toHaveLength(0)
        if (name === 'an answer' && how === 'reload') expect(expected.result).toHaveProperty('value')
      }),
    )
  },
)

type Backend = typeof backendSource
type Users = backendSource.Backend<unknown>['users']
const backendCalls: Record<string, (users: Users, signal: AbortSignal) => Promise<unknown>> = {
  getUser: (users) => users.getUser('user_1'),
  'getUserList, aborted': (users, signal) => users.getUserList({ query: 'ada' }, { signal }),
  updateUserMetadata: (users) => users.updateUserMetadata('user_1', { privateMetadata: { a: '字' } }, { ifMatch: 3 }),
  'a key that no header can hold': (users) => users.updateUserMetadata('user_1', {}, { idempotencyKey: 'a\nb' }),
}

/** The same of a call of the backend, which takes the fetch that it is given or else the global one. */
async function observeBackend(
  sdk: Backend,
  answers: readonly Answer[],
  call: string,
  give = (fetch: (request: Request) => Promise<Response>): object => ({ fetch }),
) {
  const sent: unknown[] = []
  const abort = new AbortController()
  const { users } = sdk.createBackend<unknown>({
    secretKey: 'sk_test_0123456789',
    apiUrl: 'http://127.0.0.1:1',
    timeout: 2_000,
    totalTimeout: 20_000,
    ...give(async (request) => {
      const { url, method, headers, credentials, redirect } = request
      const names = [...headers].map(([name, value]) => (name === 'idempotency-key' ? name : `${name}: ${value}`))
      sent.push({ url, method, headers: names, credentials, redirect, body: await request.text() })
      if (call.endsWith('aborted')) abort.abort()
      return ((answers[sent.length - 1] ?? answers.at(-1)) as Answer)()
    }),
  })
  const result = await (backendCalls[call] as (typeof backendCalls)[string])(users, abort.signal).then(
    (value) => ({ value: JSON.stringify(value) }),
    (error: unknown) => ({ error: { ...(error as object), text: String(error) } }),
  )
  return { sent, result }
}

const builtBackend: Backend = await import(pathToFileURL(join(root, 'packages/backend/dist/index.js')).href)

test.each(Object.entries(wires))('the built backend does what its sources do when it meets %s', async (_, answers) => {
  const { fetch } = globalThis
  onTestFinished(() => void Object.assign(globalThis, { fetch }))
  const setGlobal = (answer: (request: Request) => Promise<Response>) => {
    globalThis.fetch = async (...input) => answer(new Request(...input))
    return {}
  }
  const observeAll = (sdk: Backend) =>
    Promise.all(Object.keys(backendCalls).map((call) => observeBackend(sdk, answers, call)))
  const [expected, actual, byGlobal] = await Promise.all([
    observeAll(backendSource),
    observeAll(builtBackend),
    observeBackend(builtBackend, answers, 'getUser', setGlobal),
  ])
  expect(actual).toEqual(expected)
  expect(byGlobal).toEqual(expected[0])
  expect(expected.map(({ sent }) => sent.length > 0)).toEqual([true, true, true, false])
})
