import { afterEach, beforeEach, expect, test } from 'vitest'
import { createCanary } from '../../conformance/canary.ts'
import { digest } from '../src/auth/digest.ts'
import { keyAge } from '../src/auth/recent.ts'
import { secretKeyId } from '../src/auth/secret-key.ts'
import type { LogEntry, Storage } from '../src/index.ts'
import { createMemoryStorage } from '../src/storage/memory/memory-storage.ts'
import { type DashboardPage, type DashboardServer, openPage, page, startDashboard } from './dashboard-setup.ts'
import { origin, secretKey, send, sendBackend } from './setup.ts'

const minute = 60_000
const other = 'sk_test_another0123456789'

let now: number
let storage: Storage
let server: DashboardServer
let log: LogEntry[]

beforeEach(async () => {
  now = Date.UTC(2026, 0, 1)
  storage = createMemoryStorage()
  log = []
  server = await startDashboard({ storage, clock: () => now, log: (entry) => log.push(entry) })
})

afterEach(() => server.close())

async function signedIn(key: string = secretKey): Promise<DashboardPage> {
  const opened = openPage(server)
  expect((await opened.signIn({ secret_key: key })).status).toBe(200)
  return opened
}

const code = (answer: { readonly json: { readonly errors: { readonly code: string }[] } }) =>
  answer.json.errors[0]?.code

/** Every row of the dashboard, as the storage keeps it. */
async function rows(): Promise<string> {
  return JSON.stringify(await storage.find('dashboardSessions', secretKeyId(await digest(secretKey))))
}

test('who signs in by a secret key does what the key may, and the page never holds it again', async () => {
  const opened = openPage(server)
  expect((await opened.send('GET', '/dashboard/session')).json).toBeNull()
  const answer = await opened.signIn({ secret_key: secretKey })
  expect(answer.json).toMatchObject({
    object: 'dashboard_session',
    key: { id: secretKeyId(await digest(secretKey)), name: null, scopes: null },
    instance: { type: 'test', origin, storage: 'memory' },
    idle_seconds: 1_800,
    expires_at: now + 12 * 60 * minute,
  })
  expect(answer.text).not.toContain(secretKey)
  const created = await opened.send('POST', '/dashboard/v1/users', { username: 'ada_lovelace' })
  expect(created.status).toBe(200)
  const user = await opened.send('GET', `/dashboard/v1/users/${created.json.id}`)
  expect(user.json).toEqual((await sendBackend(server, 'GET', `/v1/users/${created.json.id}`)).json)
  expect(user.headers.get('etag')).toBe('"1"')
  // A reload has the same proof.
  expect((await opened.send('GET', '/dashboard/session')).json.proof).toBe(opened.proof)
})

test('the cookie is out of reach of scripts, of other sites and of the two APIs', async () => {
  const answer = await openPage(server).signIn({ secret_key: secretKey })
  const text = answer.headers.get('set-cookie') ?? ''
  expect(text).toMatch(
    /^acme_dashboard_\w+=[\w-]{12}\.[\w-]{43}; Path=\/dashboard; Max-Age=43200; HttpOnly; SameSite=Strict$/,
  )
  const opened = await signedIn()
  const direct = await send(server, '/v1/users', { headers: { cookie: opened.cookie, 'x-acme-proof': opened.proof } })
  expect([direct.status, code(direct)]).toEqual([401, 'authentication_invalid'])
})

test('over https no cookie that came by http is taken for it', async () => {
  const live = await startDashboard({
    publishableKey: `pk_live_${btoa('accounts.example.com$')}`,
    secretKeys: ['sk_live_0123456789'],
    sendCode: async () => {},
  })
  const answer = await live.fetch(
    new Request('http://accounts.example.com/dashboard/session', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        // As the browser writes it: a proxy speaks TLS for this server.
        origin: 'https://accounts.example.com',
        'sec-fetch-site': 'same-origin',
      },
      body: JSON.stringify({ secret_key: 'sk_live_0123456789' }),
    }),
  )
  expect(answer.status).toBe(200)
  expect(answer.headers.get('set-cookie')).toMatch(/^__Secure-acme_dashboard_\w+=.*; SameSite=Strict; Secure$/)
  await live.close()
})

test('what another origin, another site, a frame or an address bar asks for is refused, whatever it carries', async () => {
  const opened = await signedIn()
  const { json: user } = await opened.send('POST', '/dashboard/v1/users', { username: 'ada_lovelace' })
  const foreign: Record<string, string>[] = [
    { origin: 'https://evil.example' },
    { origin: 'http://127.0.0.1:5173' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'none' },
  ]
  for (const headers of foreign) {
    for (const [method, path] of [
      ['GET', '/dashboard/session'],
      ['POST', '/dashboard/session'],
      ['DELETE', '/dashboard/session'],
      ['GET', `/dashboard/v1/users/${user.id}`],
      ['DELETE', `/dashboard/v1/users/${user.id}`],
    ] as const) {
      const body = method === 'POST' ? { secret_key: secretKey } : undefined
      const answer = await opened.send(method, path, body, headers)
      expect([headers, method, path, answer.status, code(answer)]).toEqual([
        headers,
        method,
        path,
        403,
        'dashboard_origin_invalid',
      ])
      expect(answer.headers.get('set-cookie')).toBeNull()
    }
  }
  // What writes and does not say where it comes from is no browser of today.
  const { cookie, proof } = opened
  const silent = await send(server, `/dashboard/v1/users/${user.id}`, {
    method: 'DELETE',
    headers: { cookie, 'x-acme-proof': proof },
  })
  expect(code(silent)).toBe('dashboard_origin_invalid')
  for (const dest of ['iframe', 'frame', 'embed', 'object']) {
    expect((await opened.send('GET', '/dashboard', undefined, { 'sec-fetch-dest': dest })).status).toBe(403)
  }
  const rebound = await server.fetch(new Request('http://evil.example:8787/dashboard/session'))
  expect([rebound.status, (await rebound.json()).errors[0].code]).toEqual([400, 'host_invalid'])
  expect((await opened.send('GET', `/dashboard/v1/users/${user.id}`)).status).toBe(200)
  // No page of another origin may read a reply, or ask by a header of its own.
  const preflight = await send(server, '/dashboard/v1/users', {
    method: 'OPTIONS',
    headers: { origin: 'http://127.0.0.1:5173', 'access-control-request-method': 'GET' },
  })
  expect(preflight.headers.get('access-control-allow-origin')).toBeNull()
})

test('without the proof, or with that of another session, nothing is read or written', async () => {
  const [opened, another] = [await signedIn(), await signedIn()]
  expect(another.proof).not.toBe(opened.proof)
  for (const proof of ['', 'x', another.proof, opened.cookie.split('=')[1] ?? '']) {
    for (const [method, path] of [
      ['GET', '/dashboard/v1/users'],
      ['POST', '/dashboard/v1/users'],
      ['DELETE', '/dashboard/session'],
    ] as const) {
      const answer = await opened.send(method, path, undefined, { 'x-acme-proof': proof })
      expect([answer.status, code(answer)]).toEqual([403, 'dashboard_proof_invalid'])
    }
  }
  const { proof } = opened
  const bare = await send(server, '/dashboard/v1/users', {
    headers: { 'x-acme-proof': proof, 'sec-fetch-site': 'same-origin' },
  })
  expect([bare.status, code(bare)]).toEqual([401, 'dashboard_session_invalid'])
})

test('a session ends after half an hour without a request, after twelve hours, and when it is ended', async () => {
  const opened = await signedIn()
  const asked = async () => (await opened.send('GET', '/dashboard/v1/users/count')).status
  for (let passed = 0; passed < 12 * 60 - 29; passed += 29) {
    expect([passed, await asked()]).toEqual([passed, 200])
    now += 29 * minute
  }
  now += 29 * minute
  expect(await asked()).toBe(401)
  const idle = await signedIn()
  now += 30 * minute
  expect((await idle.send('GET', '/dashboard/session')).json).toBeNull()
  expect(code(await idle.send('GET', '/dashboard/v1/users'))).toBe('dashboard_session_invalid')
  const ended = await signedIn()
  const { cookie } = ended
  const answer = await ended.send('DELETE', '/dashboard/session')
  expect(answer.headers.get('set-cookie')).toContain('Max-Age=0')
  ended.cookie = cookie
  expect((await ended.send('GET', '/dashboard/v1/users')).status).toBe(401)
})

test('sessions die with their key, within a second and in another process as well', async () => {
  await server.addSecretKey(other)
  const elsewhere = await startDashboard({ storage, clock: () => now, secretKeys: [] })
  const opened = await signedIn(other)
  const kept = await signedIn()
  const there = Object.assign(openPage(elsewhere), { cookie: opened.cookie, proof: opened.proof })
  expect((await there.send('GET', '/dashboard/v1/users')).status).toBe(200)
  await server.revokeSecretKey(other)
  expect(code(await opened.send('GET', '/dashboard/v1/users'))).toBe('dashboard_session_invalid')
  now += keyAge
  expect(code(await there.send('GET', '/dashboard/v1/users'))).toBe('dashboard_session_invalid')
  expect((await there.send('GET', '/dashboard/session')).json).toBeNull()
  expect((await kept.send('GET', '/dashboard/v1/users')).status).toBe(200)
})

test('tries are counted by where they come from, before they are made', async () => {
  const counting = await startDashboard({ clock: () => now, rateLimit: undefined })
  const statuses: number[] = []
  for (let index = 0; index < 302; index++) {
    const request = new Request(`${origin}/dashboard/session`, {
      method: 'POST',
      headers: { origin, 'content-type': 'application/json' },
      body: JSON.stringify({ secret_key: `sk_test_${index}` }),
    })
    statuses.push((await counting.fetch(request, { remoteAddress: '203.0.113.7' })).status)
  }
  expect([...new Set(statuses)]).toEqual([401, 429])
  expect(statuses.filter((status) => status === 401)).toHaveLength(300)
  const right = new Request(`${origin}/dashboard/session`, {
    method: 'POST',
    headers: { origin, 'content-type': 'application/json' },
    body: JSON.stringify({ secret_key: secretKey }),
  })
  const [same, elsewhere] = [right.clone(), right]
  const refused = await counting.fetch(same, { remoteAddress: '203.0.113.7' })
  expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([429, true])
  expect((await counting.fetch(elsewhere, { remoteAddress: '203.0.113.8' })).status).toBe(200)
  await counting.close()
})

test('a code signs in once, within a minute, and not after its key was revoked', async () => {
  const keyDigest = await digest(secretKey)
  const given = await server.code(keyDigest)
  const opened = openPage(server)
  expect((await opened.signIn({ code: given })).status).toBe(200)
  expect((await opened.send('GET', '/dashboard/v1/users')).status).toBe(200)
  for (const used of [given, await late(), '', 'x', `${given}x`]) {
    const answer = await openPage(server).signIn({ code: used })
    expect([answer.status, code(answer)]).toEqual([401, 'dashboard_code_invalid'])
    expect(answer.headers.get('set-cookie')).toBeNull()
  }
  await server.addSecretKey(other)
  const orphan = await server.code(await digest(other))
  await server.revokeSecretKey(other)
  expect((await openPage(server).signIn({ code: orphan })).status).toBe(401)
  // No code is a session, and no session a code.
  const fresh = await server.code(keyDigest)
  const name = opened.cookie.split('=')[0]
  const tried = Object.assign(openPage(server), { cookie: `${name}=${fresh}` })
  expect((await tried.send('GET', '/dashboard/session')).json).toBeNull()
  expect((await openPage(server).signIn({ code: opened.cookie.split('=')[1] })).status).toBe(401)
  // At once, one of two gets in.
  const both = await Promise.all([openPage(server).signIn({ code: fresh }), openPage(server).signIn({ code: fresh })])
  expect(both.map(({ status }) => status).sort()).toEqual([200, 401])

  async function late(): Promise<string> {
    const made = await server.code(keyDigest)
    now += minute
    return made
  }
})

test('only digests are kept, of so many sessions, and they are swept', async () => {
  const opened: DashboardPage[] = []
  for (let index = 0; index < 20; index++) opened.push(await signedIn())
  const given = await server.code(await digest(secretKey))
  const kept = await rows()
  for (const secret of [
    secretKey,
    given,
    ...opened.flatMap(({ cookie, proof }) => [cookie.split('=')[1] ?? '', proof]),
  ]) {
    expect(kept).not.toContain(secret)
  }
  expect(JSON.parse(kept).sessions).toHaveLength(16)
  expect((await opened[0]?.send('GET', '/dashboard/session'))?.json).toBeNull()
  expect((await opened[19]?.send('GET', '/dashboard/session'))?.json).not.toBeNull()
  now += 31 * minute
  await storage.sweep(now)
  expect(await rows()).toBeUndefined()
})

test('histories say that a change was made through the dashboard, and by whose key', async () => {
  const opened = await signedIn()
  const { json: user } = await opened.send('POST', '/dashboard/v1/users', { username: 'ada_lovelace' })
  await sendBackend(server, 'PATCH', `/v1/users/${user.id}/metadata`, { public_metadata: { plan: 'pro' } })
  const { json } = await opened.send('GET', `/dashboard/v1/users/${user.id}/changes`)
  const keyId = secretKeyId(await digest(secretKey))
  expect(json.map((change: object) => change)).toMatchObject([
    { key_id: keyId, through: null },
    { key_id: keyId, through: 'dashboard' },
  ])
})

test('neither the log nor what is refused tells a key, a code, a cookie, a proof or metadata', async () => {
  const canary = createCanary()
  const opened = await signedIn()
  const { json: user } = await opened.send('POST', '/dashboard/v1/users', {
    username: 'ada_lovelace',
    private_metadata: { note: canary.word },
  })
  const texts: string[] = []
  for (const headers of [{ 'x-acme-proof': 'no' }, { origin: 'https://evil.example' }, { cookie: 'x' }]) {
    texts.push((await opened.send('GET', `/dashboard/v1/users/${user.id}`, undefined, headers)).text)
  }
  texts.push((await openPage(server).signIn({ secret_key: `sk_test_${canary.word}` })).text)
  texts.push((await openPage(server).signIn({ code: canary.word })).text)
  texts.push(JSON.stringify(log))
  const token = opened.cookie.split('=')[1] ?? ''
  for (const text of texts) {
    expect(canary.isIn(text)).toBe(false)
    for (const secret of [secretKey, token, opened.proof]) expect(text).not.toContain(secret)
  }
  expect(log.map(({ path }) => path)).toContain(`/dashboard/v1/users/${user.id}`)
})

test('what is not there is not there: parts of Clerk’s, other doors, other methods', async () => {
  const opened = await signedIn()
  expect((await opened.send('GET', '/dashboard/v1/organizations')).status).toBe(501)
  for (const path of [
    '/dashboard/v1/me',
    '/dashboard/v1/client',
    '/dashboard/v1/nothing',
    '/dashboard/v1/dashboard/session',
  ]) {
    expect([path, (await opened.send('GET', path)).status]).toEqual([path, 404])
  }
  expect((await opened.send('PUT', '/dashboard/session', {})).status).toBe(404)
  expect((await opened.send('POST', '/dashboard/anything', {})).status).toBe(404)
})

test('the page may load nothing but its own, and is shown in no other', async () => {
  const opened = openPage(server)
  for (const path of ['/dashboard', '/dashboard/', '/dashboard/users/user_1']) {
    const shown = await server.fetch(new Request(origin + path, { headers: { 'sec-fetch-dest': 'document' } }))
    expect(await shown.text()).toBe(page['index.html'])
    expect(shown.headers.get('cache-control')).toBe('no-cache')
    const policy = shown.headers.get('content-security-policy') ?? ''
    expect(policy).toMatch(/^default-src 'none'; .*frame-ancestors 'none'/)
    expect(policy).not.toContain('unsafe')
    for (const [name, value] of [
      ['x-content-type-options', 'nosniff'],
      ['x-frame-options', 'DENY'],
      ['referrer-policy', 'no-referrer'],
      ['cross-origin-opener-policy', 'same-origin'],
    ] as const) {
      expect(shown.headers.get(name)).toBe(value)
    }
  }
  const { headers } = await opened.send('POST', '/dashboard/session', { secret_key: secretKey })
  expect(headers.get('cache-control')).toBe('no-store')
})

test('files are named by what is in them, compressed, and asked for once; nothing outside their folder is one', async () => {
  const get = (path: string, headers: Record<string, string> = {}) =>
    server.fetch(new Request(`${origin}/dashboard/${path}`, { headers }))
  const plain = await get('assets/main-1.js')
  expect(plain.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  expect(plain.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
  expect(await plain.text()).toBe(page['assets/main-1.js'])
  const packed = await get('assets/main-1.js', { 'accept-encoding': 'gzip, br' })
  expect(packed.headers.get('content-encoding')).toBe('br')
  expect(Number(packed.headers.get('content-length'))).toBeLessThan(100)
  expect((await get('assets/main-1.js', { 'accept-encoding': 'br;q=0' })).headers.get('content-encoding')).toBeNull()
  const etag = plain.headers.get('etag') ?? ''
  expect((await get('assets/main-1.js', { 'if-none-match': etag })).status).toBe(304)
  expect((await get('assets/gone-2.js')).status).toBe(404)
  for (const path of ['..%2f..%2fpackage.json', 'assets/..%2f..%2f..%2fetc%2fpasswd', '%2e%2e/%2e%2e/keys.env']) {
    const text = await (await get(path)).text()
    expect(['', page['index.html']].includes(text) || text.includes('"errors"')).toBe(true)
  }
})

test('keys are made, listed and revoked, and a secret is shown when it is made and never again', async () => {
  await server.addSecretKey(other)
  const opened = await signedIn()
  const made = await opened.send('POST', '/dashboard/secret_keys', { name: 'deploy', scopes: ['read'] })
  expect(made.json).toMatchObject({ object: 'secret_key', name: 'deploy', scopes: ['read'], created_at: now })
  const key: string = made.json.secret_key
  expect((await sendBackend(server, 'GET', '/v1/users', undefined, { authorization: `Bearer ${key}` })).status).toBe(
    200,
  )
  const listed = await opened.send('GET', '/dashboard/secret_keys')
  expect(listed.json.data.map(({ id, name }: { id: string; name: string }) => [id, name])).toEqual([
    [secretKeyId(await digest(other)), null],
    [made.json.id, 'deploy'],
  ])
  expect(listed.text).not.toContain(key.slice(8))
  expect(JSON.stringify(await storage.find('instances', 'instance'))).not.toContain(key.slice(8))
  expect(code(await opened.send('POST', '/dashboard/secret_keys', { name: 'deploy' }))).toBe('secret_key_name_taken')
  expect((await opened.send('POST', '/dashboard/secret_keys', { name: 'a b' })).status).toBe(422)
  // Who signs in by it may read, and make no key that may do more.
  const reading = await signedIn(key)
  expect((await reading.send('GET', '/dashboard/session')).json.key).toMatchObject({ name: 'deploy', scopes: ['read'] })
  expect((await reading.send('GET', '/dashboard/v1/users')).status).toBe(200)
  const refused = [
    await reading.send('POST', '/dashboard/v1/users', { username: 'ada_lovelace' }),
    await reading.send('GET', '/dashboard/secret_keys'),
    await reading.send('POST', '/dashboard/secret_keys', { name: 'more' }),
    await reading.send('DELETE', `/dashboard/secret_keys/${made.json.id}`),
  ]
  expect(refused.map((one) => [one.status, code(one)])).toEqual(refused.map(() => [403, 'insufficient_scope']))
  expect((await opened.send('DELETE', `/dashboard/secret_keys/${made.json.id}`)).json.deleted).toBe(true)
  expect((await reading.send('GET', '/dashboard/v1/users')).status).toBe(401)
  expect((await opened.send('DELETE', `/dashboard/secret_keys/${made.json.id}`)).status).toBe(404)
  // The last one of the storage opens the way back in.
  const last = await opened.send('DELETE', `/dashboard/secret_keys/${secretKeyId(await digest(other))}`)
  expect(code(last)).toBe('secret_key_needed')
  // As everything else: by the page itself, with its proof.
  expect((await opened.send('GET', '/dashboard/secret_keys', undefined, { 'x-acme-proof': '' })).status).toBe(403)
  expect(
    (await opened.send('GET', '/dashboard/secret_keys', undefined, { origin: 'https://evil.example' })).status,
  ).toBe(403)
})
