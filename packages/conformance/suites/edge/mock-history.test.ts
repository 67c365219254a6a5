import { createMock } from '@acme/msw/node'
import { kinds, metadataParam } from '@acme/schema'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { secretKey } from '../../place.ts'
import { scaled } from '../../scaled.ts'
import { type Place, targets } from '../../targets.ts'

const mock = createMock({ secretKey })
let place: Place
beforeAll(async () => {
  place = await (targets['sqlite'] as () => Promise<Place>)()
  mock.listen({ onUnhandledFrame: 'bypass' })
})
afterAll(async () => {
  mock.close()
  await place.close()
})

/** One of the two servers, as it is met by several browsers and a backend. */
interface Side {
  readonly url: string
  /** The tokens of the browsers. */
  readonly tokens: string[]
  /** The ids that were seen, in the order in which they were: the same thing has another id on each side. */
  readonly ids: Map<string, string>
  readonly users: string[]
}

interface Operation {
  readonly name: string
  /** The browser that asks; undefined is the backend. */
  readonly browser?: number
  readonly method: string
  /** `:user` stands for an id. */
  readonly path: string
  readonly user?: number
  readonly body?: object
}

async function run(side: Side, operation: Operation) {
  const { browser, method, user = 0, body } = operation
  const path = operation.path.replace(':user', side.users[user % Math.max(1, side.users.length)] ?? 'user_nobody')
  const and = path.includes('?') ? '&' : '?'
  let response: Response
  if (browser === undefined) {
    const headers = { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' }
    response = await fetch(side.url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) })
  } else {
    const tunnel = method === 'GET' || method === 'POST' ? '' : `&_method=${method}`
    const fields = Object.entries(body ?? {}).map(([key, value]) => [
      key,
      typeof value === 'string' ? value : JSON.stringify(value),
    ])
    response = await fetch(`${side.url}${path}${and}_is_native=1${tunnel}`, {
      method: method === 'GET' ? 'GET' : 'POST',
      headers: { authorization: side.tokens[browser] ?? '' },
      ...(method !== 'GET' && { body: new URLSearchParams(Object.fromEntries(fields)) }),
    })
    const token = response.headers.get('authorization')
    if (token !== null) side.tokens[browser] = token
  }
  const text = await response.text()
  const json = text === '' ? undefined : JSON.parse(text)
  if (json?.object === 'user' && !side.users.includes(json.id)) side.users.push(json.id)
  const created = json?.response?.created_user_id
  if (created && !side.users.includes(created)) side.users.push(created)
  const kept = ['content-type', 'retry-after', 'etag', 'acme-version', 'cache-control']
  const headers = kept.map((name) => response.headers.get(name))
  return { status: response.status, headers, hasToken: response.headers.has('authorization'), body: plain(side, json) }
}

/** What of a body must be the same on both sides: ids by the order in which they came up, times and tokens by their kind. */
function plain(side: Side, value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => plain(side, item))
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(side, member, key)]))
  }
  if (typeof value === 'number' && key.endsWith('_at')) return 'a time'
  if (key === 'clerk_trace_id' || key === 'jwt') return typeof value
  if (typeof value !== 'string') return value
  return value.replace(/\b(user|sess|client|idn|sua|sia|sign_up|sign_in)_[A-Za-z0-9]{20,}/g, (id, prefix) => {
    if (!side.ids.has(id)) side.ids.set(id, `${prefix}_${side.ids.size}`)
    return side.ids.get(id) as string
  })
}

const names = ['ada', 'bea', 'cleo', 'dan', 'a@b.co', 'x'] as const
const name = fc.constantFrom(...names)
const password = fc.constantFrom('correct horse battery', 'another long password', 'short')
const value = fc.oneof(
  fc.constantFrom<object | string | null>({}, { a: 1 }, { a: null }, { a: { b: [1, null] } }, { b: 'x'.repeat(3_000) }),
  fc.constantFrom<object | string | null>({ c: 'y'.repeat(9_000) }, { a: '字😀' }, null, 'text', { toString: 1 }, []),
)
const metadata = (least: number) =>
  fc.record(Object.fromEntries(kinds.map((kind) => [metadataParam(kind), value])), {
    requiredKeys: kinds.slice(0, least).map((kind) => metadataParam(kind)),
    noNullPrototype: true,
  })
const browser = fc.nat({ max: 2 })
const user = fc.nat({ max: 5 })
const version = fc.constantFrom('', '?acme_if_match=1', '?acme_if_match=2', '?acme_if_match=x')

function operation(
  name: string,
  fields: { [K in keyof Omit<Operation, 'name'>]: fc.Arbitrary<NonNullable<Operation[K]>> },
): fc.Arbitrary<Operation> {
  return fc.record({ name: fc.constant(name), ...fields }, { noNullPrototype: true }) as fc.Arbitrary<Operation>
}
const is = <T>(one: T) => fc.constant(one)

const operations = fc.oneof(
  operation('create', {
    method: is('POST'),
    path: is('/v1/users'),
    body: fc.tuple(name, metadata(0), fc.boolean()).map(([name, metadata, withName]) => ({
      ...(name.includes('@') ? { email_address: [name] } : { username: name }),
      ...(withName && { first_name: 'Ada' }),
      password: 'correct horse battery',
      ...metadata,
    })),
  }),
  operation('get', { method: is('GET'), path: is('/v1/users/:user'), user }),
  operation('merge', { method: is('PATCH'), path: is('/v1/users/:user/metadata'), user, body: metadata(1) }),
  operation('replace', { method: is('PUT'), path: is('/v1/users/:user/metadata'), user, body: metadata(1) }),
  operation('update', {
    method: is('PATCH'),
    path: is('/v1/users/:user'),
    user,
    body: fc.record(
      { first_name: fc.constantFrom('Ada', '', 'x'.repeat(300)), username: name, odd: is(1) },
      { requiredKeys: [], noNullPrototype: true },
    ),
  }),
  operation('verify', {
    method: is('POST'),
    path: is('/v1/users/:user/verify_password'),
    user,
    body: password.map((password) => ({ password })),
  }),
  operation('list', {
    method: is('GET'),
    path: fc.constantFrom(
      '/v1/users?order_by=username',
      '/v1/users?order_by=-username&limit=2&offset=1',
      '/v1/users?username=ada&username=bea&order_by=username',
      // Not by letters alone, which are looked for in ids too, and those are made by chance.
      '/v1/users?query=a%40b&order_by=%2Busername',
      '/v1/users?username_query=a&order_by=%2Busername',
      '/v1/users?limit=0',
      '/v1/users?order_by=nonsense',
      '/v1/users/count',
      '/v1/users/count?email_address=a%40b.co',
      '/v1/nothing',
    ),
  }),
  operation('delete', { method: is('DELETE'), path: is('/v1/users/:user'), user }),
  operation('client', { browser, method: is('GET'), path: is('/v1/client') }),
  operation('me', { browser, method: is('GET'), path: is('/v1/me') }),
  operation('sign up', {
    browser,
    method: is('POST'),
    path: is('/v1/client/sign_ups'),
    body: fc.tuple(name, password, value).map(([name, password, unsafe_metadata]) => ({
      ...(name.includes('@') ? { email_address: name } : { username: name }),
      password,
      unsafe_metadata,
    })),
  }),
  operation('sign in', {
    browser,
    method: is('POST'),
    path: is('/v1/client/sign_ins'),
    body: fc.tuple(name, password).map(([identifier, password]) => ({ strategy: 'password', identifier, password })),
  }),
  operation('own merge', {
    browser,
    method: is('PATCH'),
    path: version.map((version) => `/v1/me/metadata${version}`),
    body: metadata(0),
  }),
  operation('own replace', {
    browser,
    method: is('PUT'),
    path: version.map((version) => `/v1/me/metadata${version}`),
    body: value.map((unsafe_metadata) => ({ unsafe_metadata })),
  }),
  operation('own update', {
    browser,
    method: is('PATCH'),
    path: is('/v1/me?__clerk_api_version=2025-11-10'),
    body: fc.tuple(name, value).map(([first_name, unsafe_metadata]) => ({ first_name, unsafe_metadata })),
  }),
  operation('own delete', { browser, method: is('DELETE'), path: is('/v1/me') }),
  operation('sign out', { browser, method: is('DELETE'), path: is('/v1/client/sessions') }),
)

test('histories of operations: the mock and the server on SQLite answer alike, and end alike', async () => {
  const counts = new Map<string, number>()
  const lastState: Operation = { name: 'all', method: 'GET', path: '/v1/users?order_by=username&limit=500' }
  let steps = 0
  await fc.assert(
    fc.asyncProperty(fc.array(operations, { minLength: 100, maxLength: 100 }), async (history) => {
      mock.reset()
      const newSide = (url: string): Side => ({ url, tokens: [], ids: new Map(), users: [] })
      const [mocked, real] = [newSide(mock.url), newSide(place.url)]
      // The server is not made anew for each history: those before it are gone when their users are.
      for (const operation of [...history, lastState]) {
        const [expected, actual] = [await run(real, operation), await run(mocked, operation)]
        expect({ operation, ...actual }).toEqual({ operation, ...expected })
        counts.set(`${expected.status}`, (counts.get(`${expected.status}`) ?? 0) + 1)
        steps++
      }
      for (const id of real.users) await run(real, { name: 'clean', method: 'DELETE', path: `/v1/users/${id}` })
    }),
    { numRuns: scaled(50), endOnFailure: true },
  )
  const told = [...counts].sort().map(([status, count]) => `${count} x ${status}`)
  console.info(`${steps} steps side by side, 0 differences: ${told.join(', ')}`)
  expect(steps).toBeGreaterThanOrEqual(scaled(5_000))
  // A history in which nothing succeeds would prove nothing.
  expect(counts.get('200')).toBeGreaterThan(steps / 5)
}, 240_000)
