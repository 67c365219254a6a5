import { format, inspect } from 'node:util'
import { serialize } from 'node:v8'
import { createBackend } from '@acme/backend'
import { createFrontend, fetchWithoutCookies } from '@acme/frontend'
import { type AcmeError, formatPublishableKey, isAcmeError, metadataLimit } from '@acme/schema'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCanary } from '../../canary.ts'
import { startFaultProxy, workerHeader } from '../../fault-proxy.ts'
import { type Place, targets } from '../../targets.ts'
import { createWire, type Wire } from '../../wire.ts'

const canary = createCanary()
let place: Place
let wire: Wire
let proxy: Awaited<ReturnType<typeof startFaultProxy>>
beforeAll(async () => {
  place = await (targets['sqlite'] as () => Promise<Place>)()
  wire = createWire(place)
  proxy = await startFaultProxy(place.url)
})
afterAll(async () => {
  wire.close()
  await proxy.close()
  await place.close()
})

/** An SDK whose every secret is the canary: its key, what it sends, its headers. */
function newBackend(secretKey: string, timeouts: { timeout?: number; totalTimeout?: number } = {}) {
  return createBackend<unknown>({
    secretKey,
    apiUrl: proxy.url,
    ...timeouts,
    fetch: (request) => {
      request.headers.set(workerHeader, 'sinks')
      return fetch(request)
    },
  })
}

const secret = () => ({ privateMetadata: { key: canary.word }, publicMetadata: { key: canary.word } })
/** A key of its own each time, since one that is used again for something else is refused. */
const options = () => ({ idempotencyKey: `${canary.word} ${Math.random()}` })
const right = () => newBackend(place.secretKey).users
const impatient = () => newBackend(place.secretKey, { timeout: 100, totalTimeout: 300 }).users
const wrong = () => newBackend(`sk_test_${canary.word}`).users
const spoiledBy = (fault: Parameters<typeof proxy.plan>[1][number], act: () => Promise<unknown>) => {
  proxy.plan('sinks', [fault, fault, fault])
  return act()
}

async function someone(): Promise<string> {
  const { userId } = await wire.signUp(`sink_${Math.random().toString(36).slice(2)}`)
  await wire.backend('PATCH', `/v1/users/${userId}/metadata`, {
    private_metadata: secret().privateMetadata,
    public_metadata: secret().publicMetadata,
  })
  return userId
}

/** How each class of errors comes about while secrets are around. */
const causes: Record<string, readonly [string, () => Promise<unknown>]> = {
  'a wrong key': ['ApiError', async () => wrong().updateUser('user_1', secret(), options())],
  'a wrong password': [
    'ApiError',
    async () => {
      const publishableKey = formatPublishableKey({ instanceType: 'test', host: new URL(place.url).host })
      const store = { get: () => canary.word, set() {} }
      const frontend = createFrontend<unknown>({ publishableKey, fetch: fetchWithoutCookies(store) })
      await frontend.signIn.create({ identifier: `x${canary.word}`, password: canary.word })
    },
  ],
  'an HTML 502': [
    'ApiError',
    () => spoiledBy('HTML 502 after', async () => right().updateUser(await someone(), secret())),
  ],
  'a reset connection': [
    'NetworkError',
    () => spoiledBy('reset after', async () => right().updateUserMetadata(await someone(), secret(), options())),
  ],
  'a reply that is no JSON': [
    'NetworkError',
    () =>
      spoiledBy('JSON that is none after', async () =>
        right().replaceUserMetadata(await someone(), secret(), options()),
      ),
  ],
  'a server that hangs': [
    'TimeoutError',
    () => spoiledBy('stalled before', async () => impatient().updateUserMetadata(await someone(), secret(), options())),
  ],
  'a call that was given up': [
    'AbortError',
    async () => {
      const reason = new Error(canary.word)
      await right().updateUserMetadata(await someone(), secret(), { ...options(), signal: AbortSignal.abort(reason) })
    },
  ],
  'a value that is not metadata': [
    'MetadataInvalidError',
    async () => right().updateUser('user_1', { privateMetadata: { key: [canary.word, `${canary.word}\0`] } }),
  ],
  'a value that the server refuses': [
    'MetadataInvalidError',
    async () => {
      const body = `{"private_metadata":{"a":"${canary.word}","a":"${canary.word}"}}`
      const swap = (request: Request) => fetch(new Request(request, { body }))
      const { users } = createBackend<unknown>({ secretKey: place.secretKey, apiUrl: place.url, fetch: swap })
      await users.updateUserMetadata(await someone(), {}, options())
    },
  ],
  'a value over the limit': [
    'MetadataTooLargeError',
    async () => {
      const text = canary.word.repeat(metadataLimit / 8)
      await right().updateUser('user_1', { privateMetadata: { text } })
    },
  ],
  'a merge over the limit': [
    'MetadataTooLargeError',
    async () => {
      const [id, half] = [await someone(), canary.word.repeat(200)]
      await right().updateUserMetadata(id, { privateMetadata: { a: half } })
      await right().updateUserMetadata(id, { privateMetadata: { b: half } }, options())
    },
  ],
  'a version that has passed': [
    'MetadataConflictError',
    async () => right().updateUserMetadata(await someone(), secret(), { ...options(), ifMatch: 99 }),
  ],
  'an id of another form': ['AcmeError', async () => right().updateUser(`user_1#${canary.word}`, secret(), options())],
  'a key of another form': ['AcmeError', async () => newBackend(canary.word)],
  'half of a write': [
    'AcmeError',
    async () => {
      let count = 0
      const { users } = createBackend<unknown>({
        secretKey: place.secretKey,
        apiUrl: 'http://127.0.0.1:9',
        fetch: async () => new Response(count++ < 2 ? '{"keys":[]}' : canary.word, { status: count < 3 ? 200 : 400 }),
      })
      await users.updateUser('user_1', { firstName: canary.word, ...secret() }, options())
    },
  ],
}

/** Where errors end up. */
const sinks: Record<string, (error: AcmeError) => unknown> = {
  'String()': (error) => String(error),
  message: (error) => error.message,
  stack: (error) => error.stack,
  'JSON.stringify': (error) => JSON.stringify(error),
  'JSON.stringify inside': (error) => JSON.stringify({ errors: [error], own: Object.getOwnPropertyDescriptors(error) }),
  spread: (error) => JSON.stringify({ ...error }),
  'Object.assign': (error) => inspect(Object.assign({}, error), { depth: 99 }),
  'Object.entries': (error) => JSON.stringify(Object.entries(error)),
  'every own member': (error) =>
    inspect(
      Reflect.ownKeys(error).map((key) => Reflect.get(error, key)),
      { depth: 99, showHidden: true },
    ),
  'for-in': (error) => {
    let text = ''
    for (const key in error) text += `${key}=${JSON.stringify(Reflect.get(error, key))}`
    return text
  },
  'util.inspect': (error) => inspect(error),
  'util.inspect all': (error) => inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true }),
  'util.format': (error) => format('%s %o %O %j', error, error, error, error),
  structuredClone: (error) => inspect(structuredClone(error), { depth: 99, showHidden: true }),
  'v8.serialize': (error) => serialize(error).toString('latin1'),
  'Response.json': (error) => Response.json(error).text(),
  'the chain of causes': (error) => {
    let text = ''
    for (let at: unknown = error; at instanceof Error; at = at.cause)
      text += inspect(at, { depth: 99, showHidden: true }) + at.stack
    return text
  },
}

test.each(Object.entries(causes))('%s leaves no secret in any of the sinks of its error', async (_, [name, cause]) => {
  proxy.plan('sinks', [])
  const error = await cause().then(
    () => undefined,
    (error: unknown) => error,
  )
  proxy.plan('sinks', [])
  if (!isAcmeError(error)) throw new Error(`no typed error came: ${String(error)}`)
  expect(error.name).toBe(name)
  for (const [sink, show] of Object.entries(sinks)) {
    const text = String(await show(error))
    expect(canary.isIn(text), `${sink}: ${text.slice(0, 500)}`).toBe(false)
  }
})

test('every class of errors is met above, and the current user of a conflict is there for those who ask', async () => {
  const met = new Set(Object.values(causes).map(([name]) => name))
  const schema: Record<string, unknown> = await import('@acme/schema')
  const classes = Object.entries(schema).filter(
    ([name, value]) => typeof value === 'function' && /^[A-Z]\w+Error$/.test(name),
  )
  // The one that never leaves the server.
  expect(new Set(classes.map(([name]) => name).filter((name) => name !== 'JsonTextError'))).toEqual(met)
  const error = await causes['a version that has passed']?.[1]().catch((error: unknown) => error)
  expect((error as { current: { publicMetadata: unknown } }).current.publicMetadata).toEqual({ key: canary.word })
})
