import { bodyLimit, formatPublishableKey, metadataDepth } from '@acme/schema'
import { beforeEach, expect, test } from 'vitest'
import type { Server } from '../src/index.ts'
import { newBrowser, secretKey, send, sendBackend, signUp, startServer, type TestBrowser } from './setup.ts'

let server: Server
let browser: TestBrowser
let userId: string

beforeEach(async () => {
  server = await startServer()
  browser = newBrowser(server)
  userId = await signUp(browser, 'ada_lovelace')
  await sendBackend(server, 'PUT', `/v1/users/${userId}/metadata`, {
    public_metadata: { plan: 'free' },
    private_metadata: { canaryKey: 'canary' },
  })
})

async function stored() {
  return (await sendBackend(server, 'GET', `/v1/users/${userId}`)).json
}

test('replies are application/json exactly, and say who answers', async () => {
  for (const answer of [
    await sendBackend(server, 'GET', `/v1/users/${userId}`),
    await browser.send('GET', '/v1/client'),
    await sendBackend(server, 'GET', '/v1/nothing'),
  ]) {
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect(answer.headers.get('acme-version')).toMatch(/^\d/)
    expect(answer.headers.get('cache-control')).toBe('no-store')
  }
})

const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`
const metadata = (text: string) => `{"public_metadata":${text}}`

test.each([
  ['a body that is too large', 413, 'request_body_too_large', metadata(`{"a":"${'x'.repeat(bodyLimit)}"}`)],
  ['a body that is not JSON', 400, 'request_body_invalid', '{"public_metadata":'],
  ['a body that is not an object', 400, 'request_body_invalid', '[1]'],
  ['a byte order mark', 400, 'request_body_invalid', `\ufeff${metadata('{}')}`],
  ['a duplicate key', 422, 'form_param_value_invalid', metadata('{"a":1,"a":2}')],
  ['a key named __proto__', 422, 'form_param_value_invalid', metadata('{"__proto__":{"polluted":1}}')],
  ['a NUL', 422, 'form_param_value_invalid', metadata('{"a":"\\u0000"}')],
  ['a lone surrogate', 422, 'form_param_value_invalid', metadata('{"a":"\\ud800"}')],
  ['a number that loses digits', 422, 'form_param_value_invalid', metadata('{"a":12345678901234567890}')],
  ['too many levels', 422, 'form_param_value_invalid', metadata(nested(metadataDepth + 1))],
  ['far too many levels', 422, 'form_param_value_invalid', metadata('['.repeat(30_000))],
  ['an array for an object', 422, 'form_param_value_invalid', metadata('[1]')],
  ['null for an object', 422, 'form_param_value_invalid', metadata('null')],
  ['a parameter that is not known', 422, 'form_param_unknown', '{"publicMetadata":{}}'],
])('%s is refused, and nothing changes', async (_, status, code, body) => {
  const before = await stored()
  for (const method of ['PATCH', 'PUT']) {
    const answer = await sendBackend(server, method, `/v1/users/${userId}/metadata`, body)
    expect([answer.status, answer.json.errors[0].code]).toEqual([status, code])
    expect(answer.json.clerk_trace_id).toMatch(/^[0-9a-f]{32}$/)
  }
  expect(await stored()).toEqual(before)
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
})

test('a body is read where the request shows no stream of it, as in Firefox, and its limit holds', async () => {
  const ask = async (body: string) => {
    const headers = { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' }
    const request = new Request(`http://127.0.0.1/v1/users/${userId}/metadata`, { method: 'PATCH', headers, body })
    Object.defineProperty(request, 'body', { value: undefined })
    return (await server.fetch(request)).status
  }
  expect(await ask(metadata('{"plan":"pro"}'))).toBe(200)
  expect((await stored()).public_metadata).toEqual({ plan: 'pro' })
  expect(await ask(metadata(`{"a":"${'x'.repeat(bodyLimit)}"}`))).toBe(413)
})

test('text that is not UTF-8 and types that are not taken are refused', async () => {
  const headers = { authorization: `Bearer ${secretKey}` }
  const path = `/v1/users/${userId}/metadata`
  const utf8 = await send(server, path, {
    method: 'PATCH',
    headers: { ...headers, 'content-type': 'application/json' },
    body: new Uint8Array([123, 255, 125]),
  })
  expect([utf8.status, utf8.json.errors[0].code]).toEqual([400, 'request_body_invalid'])
  for (const type of [
    'text/plain',
    'multipart/form-data; boundary=x',
    'application/json; charset=utf-16',
    'application/x-www-form-urlencoded',
    '',
  ]) {
    const answer = await send(server, path, {
      method: 'PATCH',
      headers: { ...headers, 'content-type': type },
      body: metadata('{}'),
    })
    expect([type, answer.status, answer.json.errors[0].code]).toEqual([type, 415, 'unsupported_content_type'])
  }
})

test('an empty body is an empty object', async () => {
  expect((await sendBackend(server, 'PATCH', `/v1/users/${userId}/metadata`)).status).toBe(200)
  expect((await sendBackend(server, 'PATCH', `/v1/users/${userId}`)).status).toBe(200)
})

test('a page that is not the app’s can write nothing, whatever the form of its request', async () => {
  const before = await stored()
  for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1.evil.example']) {
    for (const path of ['/v1/me/metadata?_method=PATCH', '/v1/me?_method=DELETE', '/v1/client/sign_ups']) {
      const answer = await browser.send('POST', path, { unsafe_metadata: '{"a":1}' }, { origin })
      expect([answer.status, answer.json.errors[0].code]).toEqual([400, 'origin_invalid'])
      expect(answer.headers.get('access-control-allow-origin')).toBeNull()
    }
  }
  const without = await send(server, '/v1/me/metadata?_method=PATCH', {
    method: 'POST',
    headers: { cookie: browser.cookie },
  })
  expect(without.status).toBe(400)
  expect(await stored()).toEqual(before)
})

test('the app’s own page is answered by name, never by a star', async () => {
  const answer = await browser.send('GET', '/v1/client', undefined, { origin: 'http://localhost:3000' })
  expect(answer.headers.get('access-control-allow-origin')).toBe('http://localhost:3000')
  expect(answer.headers.get('access-control-allow-credentials')).toBe('true')
  expect(answer.headers.get('vary')).toContain('Origin')
})

test('a page whose own name was made to resolve to this machine is answered nothing', async () => {
  const ask = (host: string, path: string, init: RequestInit = {}) =>
    server.fetch(new Request(`http://${host}${path}`, init))
  for (const host of ['evil.test', 'evil.test:8787', '127.0.0.1.evil.test', 'localhost.evil.test']) {
    const headers = { origin: `http://${host}` }
    const body = new URLSearchParams({
      strategy: 'password',
      identifier: 'ada_lovelace',
      password: 'correct horse battery',
    })
    for (const reply of [
      await ask(host, '/v1/client/sign_ins', { method: 'POST', headers, body }),
      await ask(host, '/v1/client', { headers }),
      await ask(host, '/v1/environment'),
    ]) {
      expect([reply.status, (await reply.json()).errors[0].code]).toEqual([400, 'host_invalid'])
      expect(reply.headers.get('access-control-allow-origin')).toBeNull()
      expect(reply.headers.getSetCookie()).toEqual([])
    }
  }
  for (const host of ['127.0.0.1:8787', 'localhost:8787', '[::1]:8787']) {
    expect((await ask(host, '/v1/environment')).status).toBe(200)
  }
  // Another origin of this very host is another page.
  const live = await startServer({
    publishableKey: formatPublishableKey({ instanceType: 'live', host: 'accounts.example.com' }),
    allowedOrigins: ['https://app.example.com'],
  })
  const request = (host: string, from: string) =>
    live.fetch(new Request(`https://${host}/v1/client`, { method: 'PUT', headers: { origin: from } }))
  expect((await request('accounts.example.com', 'https://accounts.example.com')).status).toBe(200)
  expect((await request('accounts.example.com', 'https://app.example.com')).status).toBe(200)
  expect((await request('app.example.com', 'https://app.example.com')).status).toBe(200)
  expect((await request('127.0.0.1:8787', 'https://app.example.com')).status).toBe(200)
  expect((await request('127.0.0.1:8787', 'https://127.0.0.1:8787')).status).toBe(400)
  expect((await request('evil.test', 'https://evil.test')).status).toBe(400)
})

test('the cookie is out of reach of scripts, and changes when someone signs in', async () => {
  const other = newBrowser(server)
  const first = await other.send('POST', '/v1/client/sign_ins', { identifier: 'ada_lovelace' })
  const given = first.headers.getSetCookie()
  expect(given.map((text) => text.split(/[=_]+/)[1])).toEqual(['client', 'client'])
  for (const text of given)
    expect(text).toMatch(/^__client(_[\w-]{8})?=[^;]+; Path=\/; Max-Age=31536000; HttpOnly; SameSite=Lax$/)
  const before = other.cookie
  const signedIn = await other.send('POST', '/v1/client/sign_ins', {
    strategy: 'password',
    identifier: 'ada_lovelace',
    password: 'correct horse battery',
  })
  expect(signedIn.json.response.status).toBe('complete')
  expect(other.cookie).not.toBe(before)
  const stolen = newBrowser(server)
  stolen.cookie = before
  expect((await stolen.send('GET', '/v1/me')).status).toBe(401)
  expect((await other.send('GET', '/v1/me')).json.response.id).toBe(userId)
})

test('who is not there is told what a wrong password is told', async () => {
  const attempt = (identifier: string) =>
    newBrowser(server).send('POST', '/v1/client/sign_ins', {
      strategy: 'password',
      identifier,
      password: 'not the password',
    })
  const [known, unknown] = [await attempt('ada_lovelace'), await attempt('nobody_here')]
  const faceless = ({ status, json }: Awaited<ReturnType<typeof attempt>>) => [status, json.errors]
  expect(faceless(known)).toEqual(faceless(unknown))
  expect(known.status).toBe(422)
})

test('attempts are limited by network, and told when to come back', async () => {
  const strict = await startServer({ rateLimit: { attempts: 3, window: 60_000 } })
  const attempt = () =>
    newBrowser(strict).send('POST', '/v1/client/sign_ins', {
      strategy: 'password',
      identifier: 'x_y_z',
      password: 'wrong password',
    })
  // Ten times as many for all whose address nobody knows.
  for (let count = 0; count < 30; count++) expect((await attempt()).status).toBe(422)
  const refused = await attempt()
  expect([refused.status, refused.json.errors[0].code]).toEqual([429, 'too_many_requests'])
  expect(refused.headers.get('retry-after')).toMatch(/^([1-9]|[1-5]\d|60)$/)
})

test('metadata along with other fields goes by the API version', async () => {
  const path = `/v1/users/${userId}`
  const body = { first_name: 'Ada', public_metadata: { plan: 'pro' } }
  const refused = await sendBackend(server, 'PATCH', path, body, { 'clerk-api-version': '2026-05-12' })
  expect([refused.status, refused.json.errors[0].code, refused.json.errors[0].meta.param_name]).toEqual([
    422,
    'form_param_deprecated',
    'public_metadata',
  ])
  const accepted = await sendBackend(server, 'PATCH', path, body, { 'clerk-api-version': '2025-11-10' })
  expect(accepted.json).toMatchObject({ first_name: 'Ada', public_metadata: { plan: 'pro' } })
  const doubled = await sendBackend(server, 'GET', `${path}?__clerk_api_version=2025-11-10`, undefined, {
    'clerk-api-version': '2025-11-10',
  })
  expect(doubled.status).toBe(400)
})

test('no byte that a browser gets holds private metadata', async () => {
  const paths = [
    '/v1/client',
    '/v1/me',
    '/v1/environment',
    '/.well-known/jwks.json',
    `/v1/users/${userId}`,
    '/v1/users',
  ]
  const seen: string[] = []
  for (const path of paths) seen.push(JSON.stringify(await browser.send('GET', path)))
  for (const form of [
    { private_metadata: '{"canaryGuess":1}' },
    { unsafe_metadata: '{"a":1}' },
    { unsafe_metadata: 'x' },
  ]) {
    const answer = await browser.send(
      'POST',
      '/v1/me/metadata?_method=PATCH&acme_if_match=1',
      form as Record<string, string>,
    )
    seen.push(answer.text)
  }
  const { json } = await browser.send('GET', '/v1/client')
  const { jwt } = (await browser.send('POST', `/v1/client/sessions/${json.response.sessions[0].id}/tokens`)).json
  seen.push(atob(jwt.split('.')[1].replace(/-/g, '+').replace(/_/g, '/')))
  expect(seen.join('\n')).not.toContain('canaryKey')
  expect(seen.join('\n')).not.toContain('"canary"')
})

test('a wrong code that is sent again under one idempotency key is wrong again, and so is the reply', async () => {
  const other = newBrowser(server)
  const { json } = await other.send('POST', '/v1/client/sign_ups', { email_address: 'bea@example.com' })
  const path = `/v1/client/sign_ups/${json.response.id}`
  await other.send('POST', `${path}/prepare_verification`, { strategy: 'email_code' })
  const attempt = (code: string, key: string) =>
    other.send('POST', `${path}/attempt_verification?acme_idempotency_key=${key}`, { strategy: 'email_code', code })
  for (let count = 0; count < 2; count++) {
    const wrong = await attempt('000000', 'k1')
    expect([wrong.status, wrong.json.errors[0].code]).toEqual([422, 'form_code_incorrect'])
  }
  const right = await attempt('424242', 'k2')
  expect(right.json.response).toMatchObject({ status: 'complete', created_user_id: expect.stringMatching(/^user_/) })
  expect(right.json.client.sessions).toHaveLength(1)
  const again = await attempt('424242', 'k2')
  expect(again.json.response).toEqual(right.json.response)
  expect((await sendBackend(server, 'GET', '/v1/users/count?email_address=bea@example.com')).json.total_count).toBe(1)
})

test('one address given twice is refused', async () => {
  const answer = await sendBackend(server, 'POST', '/v1/users', { email_address: ['a@b.co', 'A@b.co'] })
  expect([answer.status, answer.json.errors[0].code]).toEqual([422, 'form_param_duplicate'])
})

test('two test instances of one host, whose cookies know no ports, leave each other’s browsers signed in', async () => {
  const publishableKey = formatPublishableKey({ instanceType: 'test', host: '127.0.0.1:8788' })
  const neighbour = await startServer({ publishableKey })
  const jar = new Map<string, string>()
  const ask = async (asked: Server, method: string, path: string, form?: Record<string, string>) => {
    const answer = await send(asked, path, {
      method,
      headers: {
        origin: 'http://127.0.0.1:5173',
        'content-type': 'application/x-www-form-urlencoded',
        cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
      },
      ...(form && { body: new URLSearchParams(form).toString() }),
    })
    for (const text of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? []
      jar.set(name, value)
    }
    return answer
  }
  const password = 'correct horse battery'
  for (const [asked, username] of [
    [server, 'grace_here'],
    [neighbour, 'grace_there'],
  ] as const) {
    expect((await ask(asked, 'POST', '/v1/client/sign_ups', { username, password })).status).toBe(200)
  }
  expect((await ask(server, 'GET', '/v1/me')).json.response.username).toBe('grace_here')
  expect((await ask(neighbour, 'GET', '/v1/me')).json.response.username).toBe('grace_there')
})

test('what only looks whether something is there is answered as whoever reads it', async () => {
  for (const path of ['/v1/environment', '/v1/client', '/.well-known/jwks.json']) {
    const answer = await server.fetch(new Request(`http://127.0.0.1:8787${path}`, { method: 'HEAD' }))
    expect([path, answer.status, await answer.text()]).toEqual([path, 200, ''])
  }
})
