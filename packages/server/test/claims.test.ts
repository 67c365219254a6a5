import { DatabaseSync } from 'node:sqlite'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Server, Storage } from '../src/index.ts'
import { createMemoryStorage } from '../src/storage/memory/memory-storage.ts'
import { createSqliteStorage } from '../src/storage/sqlite/sqlite-storage.ts'
import { newBrowser, sendBackend, signUp, startServer, type TestBrowser } from './setup.ts'

const schemas = {
  public: {
    type: 'object',
    properties: {
      plan: { enum: ['free', 'pro'] },
      profile: { type: 'object', properties: { city: { type: 'string', maxLength: 20 } }, additionalProperties: false },
      long: { type: 'string' },
      lists: { type: 'array', items: { type: 'string' } },
    },
    additionalProperties: false,
  },
  unsafe: { type: 'object', properties: { theme: { enum: ['light', 'dark'] } }, additionalProperties: false },
}
const claims = { plan: 'public.plan', city: 'public.profile.city', theme: 'unsafe.theme' }

const storages: Record<string, () => Storage> = {
  memory: createMemoryStorage,
  sqlite: () => createSqliteStorage({ database: new DatabaseSync(':memory:') }),
}

/** What a token says. */
function read(jwt: string) {
  return JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString())
}

describe.each(Object.entries(storages))('on %s', (_, createStorage) => {
  let server: Server
  let browser: TestBrowser
  let userId: string
  let sessionId: string
  const put = (body: unknown) => sendBackend(server, 'PUT', '/v1/metadata_schemas', body)
  const setPublic = (value: object) =>
    sendBackend(server, 'PUT', `/v1/users/${userId}/metadata`, { public_metadata: value })
  const token = async () =>
    read((await browser.send('POST', `/v1/client/sessions/${sessionId}/tokens`, {})).json.jwt as string)

  beforeEach(async () => {
    server = await startServer({ storage: createStorage() })
    browser = newBrowser(server)
    userId = await signUp(browser, 'ada')
    sessionId = (await browser.send('GET', '/v1/client')).json.response.last_active_session_id
  })

  test('a token says what the app has defined, of the user as they are, in every reply that holds one', async () => {
    expect(await token()).not.toHaveProperty('plan')
    expect((await put({ schemas, options: { claims } })).json).toMatchObject({ version: 1, options: { claims } })
    await setPublic({ plan: 'pro', profile: { city: 'Köln' } })
    const { jti: _jti, iat: _iat, nbf: _nbf, exp: _exp, ...said } = await token()
    expect(said).toEqual({
      iss: 'https://127.0.0.1:8787',
      ...{ sub: userId, sid: sessionId, azp: 'http://127.0.0.1:5173', sts: 'active', fva: [0, -1], v: 2 },
      ...{ uv: 2, plan: 'pro', city: 'Köln' },
    })
    // Within the same second: a token is made for each version of the user.
    const { json } = await browser.send('PATCH', '/v1/me/metadata', { unsafe_metadata: '{"theme":"dark"}' })
    expect(read(json.client.sessions[0].last_active_token.jwt)).toMatchObject({ uv: 3, theme: 'dark', plan: 'pro' })
    await setPublic({ plan: 'free' })
    const now = await token()
    expect(now).toMatchObject({ uv: 4, plan: 'free', theme: 'dark' })
    expect(now).not.toHaveProperty('city')
    const made = await sendBackend(server, 'POST', `/v1/sessions/${sessionId}/tokens`)
    expect(read(made.json.jwt)).toMatchObject({ uv: 4, plan: 'free' })
    const origin = 'http://127.0.0.1:5173'
    const back = await browser.send('GET', `/v1/client/handshake?redirect_url=${encodeURIComponent(origin)}/`)
    const handshake = new URL(back.headers.get('location') ?? '').searchParams.get('__clerk_handshake') ?? ''
    const cookie = read(handshake).handshake.find((text: string) => text.startsWith('__session='))
    expect(read(cookie)).toMatchObject({ uv: 4, plan: 'free' })
  })

  test('claims come and go with the version that is enforced', async () => {
    await setPublic({ plan: 'pro' })
    await put({ schemas, options: { claims } })
    expect(await token()).toMatchObject({ plan: 'pro' })
    await put({ schemas })
    expect(await token()).not.toHaveProperty('plan')
    expect((await put({ version: 1 })).json).toMatchObject({ version: 1, options: { claims } })
    expect(await token()).toMatchObject({ plan: 'pro' })
    expect((await sendBackend(server, 'GET', '/v1/metadata_schemas')).json.options.claims).toEqual(claims)
  })

  test.each([
    ['of private metadata', { plan: 'private.plan' }],
    ['of no kind', { plan: 'plan' }],
    ['of a kind that every object has', { plan: 'constructor.name' }],
    ['of a kind as a whole', { plan: 'public' }],
    ['with a hole', { plan: 'public..plan' }],
    ['that leads nowhere', { plan: 'public.pln' }],
    ['that leads into a text', { plan: 'public.plan.x' }],
    ['named like what the token says of itself', { sub: 'public.plan' }],
    ['named like its session', { sid: 'public.plan' }],
    ['named like its version', { uv: 'public.plan' }],
    ['with a name of another form', { 'a b': 'public.plan' }],
    ['of too many', Object.fromEntries(Array.from({ length: 21 }, (_, at) => [`c${at}`, 'public.plan']))],
  ])('a claim is refused by the server itself: %s', async (_, wrong) => {
    const { status, json } = await put({ schemas, options: { claims: wrong } })
    expect([status, json.errors[0].code]).toEqual([422, 'claim_invalid'])
    expect((await sendBackend(server, 'GET', '/v1/metadata_schemas')).json.version).toBe(0)
  })

  test('claims that can become too large are refused unless that is told, and then left out, the largest first', async () => {
    const large = { ...claims, long: 'public.long', lists: 'public.lists' }
    const refused = await put({ schemas, options: { claims: large } })
    expect(refused.json.errors[0]).toMatchObject({ code: 'claims_too_large', meta: { limit: 1_200, bytes: null } })
    expect(refused.json.errors[0].long_message).toContain('long (public.long)')
    expect((await put({ schemas, options: { claims: large }, allow_large_claims: true })).status).toBe(200)
    await setPublic({ plan: 'pro', long: 'x'.repeat(700), lists: ['y'.repeat(300)] })
    expect(await token()).not.toHaveProperty('claims_omitted')
    await setPublic({ plan: 'pro', long: 'x'.repeat(700), lists: ['y'.repeat(600)] })
    const one = await token()
    expect(one).toMatchObject({ plan: 'pro', lists: ['y'.repeat(600)], claims_omitted: ['long'] })
    expect(one).not.toHaveProperty('long')
    await setPublic({ plan: 'pro', long: 'é'.repeat(1_500), lists: ['\n'.repeat(1_300)] })
    const both = await token()
    expect(both).toMatchObject({ plan: 'pro', claims_omitted: ['lists', 'long'] })
    // With its header and signature, in base64: well within the 4,096 bytes of a cookie.
    const { jwt } = (await browser.send('POST', `/v1/client/sessions/${sessionId}/tokens`, {})).json
    expect(jwt.length).toBeLessThan(3_000)
  })
})
