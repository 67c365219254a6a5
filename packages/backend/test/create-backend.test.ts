import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { createBackend } from '../src/index.ts'

afterEach(() => {
  vi.unstubAllEnvs()
  for (const name of ['window', 'document']) Reflect.deleteProperty(globalThis, name)
})

test('a key of another form is refused, and not repeated', () => {
  for (const secretKey of ['', 'pk_test_canary', 'sk_canary', undefined as unknown as string]) {
    expect(() => createBackend({ secretKey })).toThrow(expect.objectContaining({ code: 'secret_key_invalid' }))
    expect(() => createBackend({ secretKey })).not.toThrow('canary')
  }
})

const keyAndUrl = { ACME_SECRET_KEY: 'sk_test_of_the_environment', ACME_API_URL: 'http://127.0.0.1:1/' }

test('a secret key is sent nowhere unless it was said where', () => {
  const fetch = vi.fn()
  for (const apiUrl of [undefined, '']) {
    const create = () => createBackend({ secretKey: 'sk_test_0123456789', apiUrl, fetch })
    expect(create).toThrow(expect.objectContaining({ code: 'api_url_missing' }))
  }
  for (const apiUrl of [
    'api.example.com',
    'ftp://x',
    'http://',
    'https://u:canary@x',
    'https://x?a=1',
    'https://x y',
  ]) {
    const create = () => createBackend({ secretKey: 'sk_test_0123456789', apiUrl, fetch })
    expect(create).toThrow(expect.objectContaining({ code: 'api_url_invalid' }))
    expect(create).not.toThrow('canary')
  }
  expect(fetch).not.toHaveBeenCalled()
})

test('the key and the address come from the environment where no option gives them', async () => {
  for (const [name, value] of Object.entries(keyAndUrl)) vi.stubEnv(name, value)
  const asked: string[] = []
  const fetch = async ({ url, headers }: Request) => {
    asked.push(`${new URL(url).origin} ${headers.get('authorization')}`)
    return new Response('{"id":"user_1","object":"user"}', { headers: { 'content-type': 'application/json' } })
  }
  await createBackend<unknown>({ fetch }).users.getUser('user_1')
  const own = { secretKey: 'sk_test_0123456789', apiUrl: 'http://127.0.0.1:2' }
  await createBackend<unknown>({ ...own, fetch }).users.getUser('user_1')
  await createBackend<unknown>({ secretKey: '', apiUrl: '', fetch }).users.getUser('user_1')
  expect(asked).toEqual([
    'http://127.0.0.1:1 Bearer sk_test_of_the_environment',
    'http://127.0.0.1:2 Bearer sk_test_0123456789',
    'http://127.0.0.1:1 Bearer sk_test_of_the_environment',
  ])
})

test('a redirect does not carry the key elsewhere', async () => {
  const keys: (string | undefined)[] = []
  const thief = createServer(({ headers }, response) => {
    keys.push(headers.authorization)
    response.end('{}')
  })
  await new Promise<void>((resolve) => thief.listen(0, '127.0.0.1', resolve))
  const thiefUrl = `http://127.0.0.1:${(thief.address() as AddressInfo).port}`
  const server = createServer((_, response) => {
    response.writeHead(307, { location: thiefUrl }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { users } = createBackend<unknown>({ secretKey: 'sk_test_0123456789', apiUrl })
  await expect(users.updateUser('user_1', { firstName: 'Ada' })).rejects.toMatchObject({ isAcmeError: true })
  expect(keys).toEqual([])
  for (const one of [server, thief]) one.close()
})

test('in a page it fails at once and says why', () => {
  Object.assign(globalThis, { window: {}, document: {} })
  const create = () => createBackend({ secretKey: 'sk_test_0123456789' })
  expect(create).toThrow(expect.objectContaining({ code: 'secret_key_in_page' }))
  expect(create).toThrow('@acme/frontend')
})

interface Sent {
  readonly method: string
  readonly path: string
  readonly version: string | null
  readonly body: unknown
}

/** A server that is not ours: no acme-version header, answers everything with a user. */
function recorder(isAcme: boolean, failAt?: number) {
  const sent: Sent[] = []
  const fetch = async (request: Request) => {
    const url = new URL(request.url)
    const text = await request.text()
    sent.push({
      method: request.method,
      path: url.pathname + url.search,
      version: request.headers.get('clerk-api-version'),
      body: text === '' ? undefined : JSON.parse(text),
    })
    const headers = { 'content-type': 'application/json', ...(isAcme && { 'acme-version': '0.1.0' }) }
    if (sent.length === failAt) {
      return new Response('{"errors":[{"code":"form_param_exceeds_allowed_size","message":"m","long_message":"l"}]}', {
        status: 422,
        headers,
      })
    }
    return new Response('{"id":"user_1","object":"user","total_count":0,"keys":[],"data":[]}', { headers })
  }
  return {
    sent,
    users: createBackend<unknown>({ secretKey: 'sk_test_0123456789', apiUrl: 'http://127.0.0.1:1/', fetch }).users,
  }
}

const change = { firstName: 'Ada', publicMetadata: { camelKey: 1 } }

test('fields and metadata go in one request where the server is known to take them', async () => {
  const { sent, users } = recorder(true)
  await users.updateUser('user_1', change)
  expect(sent.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /v1/jwks', 'PATCH /v1/users/user_1'])
  expect(sent[1]?.body).toEqual({ first_name: 'Ada', public_metadata: { camelKey: 1 } })
  await users.updateUser('user_1', change)
  expect(sent).toHaveLength(3)
})

test('elsewhere they go in two, by the endpoint that current versions have', async () => {
  const { sent, users } = recorder(false)
  await users.updateUser('user_1', change)
  await users.updateUser('user_1', { publicMetadata: {} })
  await users.updateUserMetadata('user_1', { privateMetadata: { x: null } })
  expect(sent.slice(1).map(({ method, path, body }) => [`${method} ${path}`, body])).toEqual([
    ['PATCH /v1/users/user_1', { first_name: 'Ada' }],
    ['PUT /v1/users/user_1/metadata', { public_metadata: { camelKey: 1 } }],
    ['PUT /v1/users/user_1/metadata', { public_metadata: {} }],
    ['PATCH /v1/users/user_1/metadata', { private_metadata: { x: null } }],
  ])
  expect(new Set(sent.map(({ version }) => version))).toEqual(new Set(['2026-05-12']))
})

test('a failure between the two says what was applied', async () => {
  const { users } = recorder(false, 3)
  const error = await users.updateUser('user_1', change).catch((reason) => reason)
  expect(error).toMatchObject({ code: 'partly_applied', outcome: 'applied', status: 422 })
  expect(error.message).toContain('firstName was set')
})

test('an id of another form never leaves the SDK', async () => {
  const { sent, users } = recorder(true)
  for (const id of ['user_1#x', '../users', 'user_1/ban', '', 'sess_1']) {
    for (const call of [
      users.getUser(id),
      users.deleteUser(id),
      users.updateUser(id, {}),
      users.updateUserMetadata(id, {}),
    ]) {
      await expect(call).rejects.toMatchObject({ code: 'id_invalid', attempts: 0 })
    }
  }
  expect(sent).toEqual([])
})

test('a query repeats the key of a list, and sends times as milliseconds', async () => {
  const { sent, users } = recorder(true)
  await users.getUserList({
    emailAddress: ['a@b.co', 'c@d.co'],
    createdAtAfter: new Date(5),
    query: 'a b',
    limit: 5,
    orderBy: '-created_at',
  })
  const query = 'email_address=a%40b.co&email_address=c%40d.co&created_at_after=5&query=a+b'
  expect(sent.map(({ path }) => path).sort()).toEqual(
    [`/v1/users/count?${query}`, `/v1/users?${query}&limit=5&order_by=-created_at`].sort(),
  )
})
