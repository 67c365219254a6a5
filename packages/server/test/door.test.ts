import { formatPublishableKey } from '@acme/schema'
import { expect, test } from 'vitest'
import { clientPrefix } from '../src/http/client-prefix.ts'
import { backendNotThere, frontendNotThere } from '../src/http/not-there.ts'
import type { CodeMessage, Server } from '../src/index.ts'
import { remoteAddress } from '../src/node/remote-address.ts'
import { newBrowser, send, sendBackend, signUp, startServer } from './setup.ts'

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['::FFFF:c000:207', '192.0.2.7'],
  ['0:0:0:0:0:ffff:192.0.2.7', '192.0.2.7'],
  ['192.0.2.7:4711', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:0DB8:0001:0002::9', '2001:db8:1:2'],
  ['[2001:db8:1:2::9]:443', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['::1', '0:0:0:0'],
  ['not:an:address', undefined],
  [undefined, undefined],
])('attempts from %s are counted for %s', (address, prefix) => {
  expect(clientPrefix(address)).toBe(prefix)
})

test.each([
  [0, '203.0.113.9', '10.0.0.1'],
  [1, null, '10.0.0.1'],
  [1, '203.0.113.9', '203.0.113.9'],
  [1, 'made up, 203.0.113.9', '203.0.113.9'],
  [2, 'made up, 203.0.113.9, 10.0.0.2', '203.0.113.9'],
  [2, '203.0.113.9', '203.0.113.9'],
])('with %i trusted proxies, X-Forwarded-For: %s comes from %s', (trusted, forwardedFor, expected) => {
  expect(remoteAddress('10.0.0.1', forwardedFor, trusted)).toBe(expected)
})

test('one network cannot guess on by changing its address or the identifier', async () => {
  const server = await startServer({ rateLimit: { attempts: 3, window: 60_000 } })
  const attempt = async (remoteAddress: string, identifier: string) => {
    const body = new URLSearchParams({ strategy: 'password', identifier, password: 'not the password' })
    const headers = { origin: 'http://127.0.0.1:5173' }
    const request = new Request('http://127.0.0.1:8787/v1/client/sign_ins', { method: 'POST', headers, body })
    return (await server.fetch(request, { remoteAddress })).status
  }
  for (let count = 0; count < 3; count++) expect(await attempt(`2001:db8::${count}`, `user_${count}`)).toBe(422)
  expect(await attempt('2001:db8::9', 'user_9')).toBe(429)
  expect(await attempt('2001:db8:0:1::9', 'user_9')).toBe(422)
})

test('development browsers are known by test instances alone, and only where they were made', async () => {
  const origin = 'http://127.0.0.1:5173'
  const post = (server: Server, path: string) => send(server, path, { method: 'POST', headers: { origin } })
  const server = await startServer()
  const { json } = await post(server, '/v1/dev_browser')
  const asked = (id: string) => send(server, `/v1/client?__clerk_db_jwt=${id}`)
  expect((await asked(json.id)).json.response).toMatchObject({ object: 'client', sessions: [] })
  expect(await asked('client_made.up')).toMatchObject({
    status: 401,
    json: { errors: [{ code: 'dev_browser_unauthenticated' }] },
  })
  const other = await post(server, '/v1/dev_browser')
  expect(other.headers.getSetCookie()).toEqual([])
  expect(other.json.id).not.toBe(json.id)

  const publishableKey = formatPublishableKey({ instanceType: 'live', host: 'accounts.example.com' })
  const live = await startServer({ publishableKey, allowedOrigins: [origin] })
  expect(await post(live, '/v1/dev_browser')).toMatchObject({
    status: 400,
    json: { errors: [{ code: 'request_invalid_for_environment' }] },
  })
  const { headers } = await send(live, '/v1/client/sign_ups', {
    method: 'POST',
    headers: { origin },
    body: new URLSearchParams({ username: 'ada_lovelace', password: 'correct horse battery' }),
  })
  const [, token] = /^__client=([^;]+)/.exec(`${headers.getSetCookie()[0]}`) ?? []
  expect((await send(live, `/v1/client?__clerk_db_jwt=${token}`)).json.response).toBeNull()
  // What tells servers of the page since when somebody is signed in: seconds, and nothing else.
  for (const text of headers.getSetCookie().slice(1)) {
    expect(text).toMatch(
      /^__client_uat(_[\w-]{8})?=\d{10}; Path=\/; Max-Age=31536000; SameSite=Lax; Secure; Domain=example.com$/,
    )
  }
  expect(headers.getSetCookie()).toHaveLength(3)
})

test.each([...backendNotThere, ...frontendNotThere].flatMap(({ what, paths }) => paths.map((path) => [path, what])))(
  '%s is said not to be there: %s',
  async (path, what) => {
    const server = await startServer()
    for (const more of ['', '/below']) {
      for (const method of ['GET', 'POST', 'DELETE']) {
        const { status, json } = await sendBackend(server, method, path.replace(/\{\w+\}/g, 'some_1') + more)
        expect([status, json.errors[0].code]).toEqual([501, 'not_implemented'])
        expect(json.errors[0].long_message).toContain(what)
      }
    }
  },
)

test.each(['/v1/nothing', '/v1/users/user_1/nothing', '/v1/sessions/sess_1/nothing', '/v2/users', '/'])(
  '%s is no endpoint, and said so',
  async (path) => {
    const { status, json } = await sendBackend(await startServer(), 'GET', path)
    expect([status, json.errors[0].code]).toEqual([404, 'resource_not_found'])
  },
)

test('a live instance hands a handshake over in a cookie of the site, never in an address', async () => {
  const publishableKey = formatPublishableKey({ instanceType: 'live', host: 'accounts.example.com' })
  const live = await startServer({ publishableKey, allowedOrigins: ['https://app.example.com'] })
  const page = 'https://app.example.com/profile'
  const shake = (back: string) => send(live, `/v1/client/handshake?redirect_url=${encodeURIComponent(back)}`)
  const { status, headers } = await shake(page)
  expect([status, headers.get('location')]).toEqual([307, page])
  expect(headers.getSetCookie()[0]).toMatch(
    /^__clerk_handshake=[\w.-]+; Path=\/; Max-Age=60; HttpOnly; SameSite=Lax; Secure; Domain=example.com$/,
  )
  expect((await shake('http://127.0.0.1:3000/')).status).toBe(422)
})

test('the cookie of an instance that is not on this machine goes over HTTPS alone', async () => {
  const publishableKey = formatPublishableKey({ instanceType: 'live', host: 'accounts.example.com' })
  const server = await startServer({ publishableKey, allowedOrigins: ['https://app.example.com'] })
  const { headers, status } = await send(server, '/v1/client/sign_ups', {
    method: 'POST',
    headers: { origin: 'https://app.example.com' },
    body: new URLSearchParams({ username: 'ada_lovelace', password: 'correct horse battery' }),
  })
  expect(status).toBe(200)
  expect(headers.getSetCookie()[0]).toMatch(/; HttpOnly; SameSite=Lax; Secure$/)
})

test('whom a code is sent to, and whether it can be, shows in no reply and no delay', async () => {
  const messages: CodeMessage[] = []
  const server = await startServer({
    sendCode(message) {
      messages.push(message)
      // A mailer that never answers.
      return new Promise(() => {})
    },
  })
  await sendBackend(server, 'POST', '/v1/users', { email_address: ['ada@example.com'] })
  const replies: unknown[] = []
  for (const identifier of ['ada@example.com', 'nobody@example.com']) {
    replies.push(await askForCode(server, identifier))
  }
  expect(replies[0]).toEqual(replies[1])
  expect(messages).toEqual([{ to: 'ada@example.com', code: expect.stringMatching(/^\d{6}$/), purpose: 'sign_in' }])
})

/** Begins a sign-in by a code; what comes back, without what differs anyway. */
async function askForCode(server: Server, identifier: string) {
  const browser = newBrowser(server)
  const begun = await browser.send('POST', '/v1/client/sign_ins', { identifier })
  const { id } = begun.json.response
  const factor = begun.json.response.supported_first_factors.find(
    ({ strategy }: { strategy: string }) => strategy === 'email_code',
  )
  const sent = await browser.send('POST', `/v1/client/sign_ins/${id}/prepare_first_factor`, {
    strategy: 'email_code',
    email_address_id: factor?.email_address_id,
  })
  const wrong = await browser.send('POST', `/v1/client/sign_ins/${id}/attempt_first_factor`, {
    strategy: 'email_code',
    code: '000000',
  })
  const steps = [begun, sent, wrong].map(({ status, text }) => [status, text])
  return JSON.parse(
    JSON.stringify(steps)
      .replaceAll(identifier, 'IDENTIFIER')
      .replace(/(sia|idn|client|ver)_\w+/g, '$1')
      .replace(/[0-9a-f]{32}/g, 'TRACE')
      .replace(/\d{13}/g, 'TIME'),
  )
}

test('a session has another id at every sign-in', async () => {
  const server = await startServer()
  const browser = newBrowser(server)
  await signUp(browser, 'ada_lovelace')
  const ids = new Set<string>()
  for (let count = 0; count < 3; count++) {
    const other = newBrowser(server)
    const { json } = await other.send('POST', '/v1/client/sign_ins', {
      strategy: 'password',
      identifier: 'ada_lovelace',
      password: 'correct horse battery',
    })
    ids.add(json.response.created_session_id)
  }
  expect(ids.size).toBe(3)
})

test('a server that hands on that its page has no development browser means whoever has the cookie', async () => {
  const server = await startServer()
  const browser = newBrowser(server)
  await signUp(browser, 'ada')
  const query = new URLSearchParams({ redirect_url: 'http://127.0.0.1:5173/', __clerk_db_jwt: 'none' })
  const { headers } = await browser.send('GET', `/v1/client/handshake?${query}`)
  const token = new URL(headers.get('location') ?? '').searchParams.get('__clerk_handshake') ?? ''
  const { handshake } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
  expect(handshake).toContainEqual(expect.stringMatching(/^__session=ey/))
})
