import { createServer, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { AuthenticateOptions, Authentication } from '../src/index.ts'
import { page, secretKey, startInstance } from './start-instance.ts'

const { backend, publishableKey, userId, sessionId, token } = await startInstance()
const forged = `${token.slice(0, -8)}AAAAAAAA`
const parties = { authorizedParties: [page] }

interface Asked {
  readonly method?: string
  readonly headers?: Record<string, string>
}

/** Asks by a request of Fetch and by one that Node has received. */
const ways: Record<string, (asked: Asked, options?: AuthenticateOptions) => Promise<Authentication>> = {
  Fetch: ({ method = 'GET', headers = {} }, options) =>
    backend.authenticate({ method, headers: new Headers(headers) }, options),
  async Node({ method = 'GET', headers = {} }, options) {
    const server = createServer()
    const received = new Promise<IncomingMessage>((resolve) =>
      server.once('request', (request, response) => {
        response.end()
        resolve(request)
      }),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    request({ port, method, headers }).end()
    return backend.authenticate(await received, options)
  },
}

const bearer = { authorization: `Bearer ${token}` }
const cookie = { cookie: `a=b; __session=${token}; c=` }
const known = { isAuthenticated: true, userId, sessionId }
const refused = (reason: string) => ({ isAuthenticated: false, reason })

const cases: [string, Asked, AuthenticateOptions | undefined, object][] = [
  ['a bearer token', { headers: bearer }, undefined, known],
  ['a bearer token, in small letters', { headers: { authorization: `bearer  ${token}` } }, parties, known],
  [
    'a bearer token of another page',
    { method: 'POST', headers: { ...bearer, origin: 'https://evil.example' } },
    parties,
    known,
  ],
  ['a cookie', { headers: cookie }, undefined, known],
  ['a cookie, for a page that may call', { headers: cookie }, parties, known],
  ['a cookie, and what is to change', { method: 'POST', headers: { ...cookie, origin: page } }, parties, known],
  ['nothing', {}, undefined, refused('token_missing')],
  ['another kind of authorization', { headers: { authorization: 'Basic YTpi' } }, undefined, refused('token_missing')],
  ['a cookie that was emptied', { headers: { cookie: '__session=' } }, undefined, refused('token_missing')],
  ['a header called get', { headers: { get: 'x', cookie: 'x__session=a' } }, undefined, refused('token_missing')],
  [
    'a forged bearer token, beside a good cookie',
    { headers: { ...cookie, authorization: `Bearer ${forged}` } },
    parties,
    refused('token_invalid'),
  ],
  ['a forged cookie', { headers: { cookie: `__session=${forged}` } }, undefined, refused('token_invalid')],
  [
    'a token for another page',
    { headers: bearer },
    { authorizedParties: ['https://other.example'] },
    refused('token_invalid'),
  ],
  [
    'a cookie, sent by another page',
    { method: 'POST', headers: { ...cookie, origin: 'https://evil.example' } },
    parties,
    refused('origin_refused'),
  ],
  [
    'a cookie, sent by a page that hides',
    { method: 'DELETE', headers: { ...cookie, origin: 'null' } },
    parties,
    refused('origin_refused'),
  ],
  ['a cookie, from nowhere', { method: 'PATCH', headers: cookie }, parties, refused('origin_refused')],
  [
    'a cookie, for a socket of another page',
    { headers: { ...cookie, upgrade: 'x', origin: 'https://evil.example' } },
    parties,
    refused('origin_refused'),
  ],
  [
    'a forged cookie, and what is to change',
    { method: 'POST', headers: { cookie: `__session=${forged}` } },
    undefined,
    refused('token_invalid'),
  ],
]

test.each(cases.flatMap(([name, ...rest]) => Object.keys(ways).map((way) => [way, name, ...rest] as const)))(
  'by a request of %s: %s',
  async (way, _, asked, options, expected) => {
    const auth = await (ways[way] as (typeof ways)[string])(asked, options)
    expect(auth).toMatchObject(expected)
    if (auth.isAuthenticated) {
      expect(auth.claims).toMatchObject({ sub: userId, sid: sessionId, azp: page })
      expect((await auth.getUser()).privateMetadata).toEqual({ canary: 'secret' })
      expect(JSON.stringify(auth)).not.toContain('secret')
    } else {
      expect(auth.message).toMatch(/^The /)
      expect(auth.message).not.toContain(token.slice(-20))
    }
  },
)

test('the cookie that is named after the publishable key goes first', async () => {
  const digest = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(publishableKey))
  const suffix = Buffer.from(digest).toString('base64').replaceAll('+', '-').replaceAll('/', '_').slice(0, 8)
  const ask = (text: string, options?: AuthenticateOptions) => ways['Fetch']?.({ headers: { cookie: text } }, options)
  const both = `__session=${forged}; __session_${suffix}=${token}`
  expect(await ask(both, { publishableKey })).toMatchObject(known)
  expect(await ask(both)).toMatchObject(refused('token_invalid'))
  expect(await ask(`__session=${token}; __session_other=${forged}`, { publishableKey })).toMatchObject(known)
})

test('what was set up wrong is thrown, with a code', async () => {
  const ask = (asked: Asked, options?: AuthenticateOptions) => ways['Fetch']?.(asked, options)
  for (const party of [`${page}/`, 'app.example.com', '*', 'null', '']) {
    await expect(ask({}, { authorizedParties: [party] })).rejects.toMatchObject({ code: 'authorized_party_invalid' })
  }
  const change = { method: 'POST', headers: { ...cookie, origin: page } }
  await expect(ask(change)).rejects.toMatchObject({ code: 'authorized_parties_missing' })
  const invalid = { publishableKey: secretKey }
  await expect(ask({ headers: cookie }, invalid)).rejects.toMatchObject({ code: 'publishable_key_invalid' })
})

test('what a token says can be changed by nobody, since the next request is told the same', async () => {
  const auth = await backend.authenticate({ method: 'GET', headers: new Headers(bearer) })
  expect(auth.isAuthenticated && Object.isFrozen(auth.claims)).toBe(true)
})
