import { DatabaseSync } from 'node:sqlite'
import { beforeEach, describe, expect, test } from 'vitest'
import { createCanary } from '../../conformance/canary.ts'
import { fillIn, hiddenShortcode } from '../src/domain/claims/shortcodes.ts'
import type { Server, Storage } from '../src/index.ts'
import { createMemoryStorage } from '../src/storage/memory/memory-storage.ts'
import { createSqliteStorage } from '../src/storage/sqlite/sqlite-storage.ts'
import { newBrowser, sendBackend, signUp, startServer, type TestBrowser } from './setup.ts'

const storages: Record<string, () => Storage> = {
  memory: createMemoryStorage,
  sqlite: () => createSqliteStorage({ database: new DatabaseSync(':memory:') }),
}

function read(jwt: string) {
  const [header, payload] = jwt.split('.').map((part) => Buffer.from(part, 'base64url').toString())
  return { header: JSON.parse(header ?? ''), payload: JSON.parse(payload ?? '') }
}

describe.each(Object.entries(storages))('on %s', (_, createStorage) => {
  let server: Server
  let browser: TestBrowser
  let userId: string
  let sessionId: string
  const templates = '/v1/jwt_templates'
  const create = (body: unknown) => sendBackend(server, 'POST', templates, body)
  const set = (metadata: object) => sendBackend(server, 'PUT', `/v1/users/${userId}/metadata`, metadata)
  const token = (name: string) => browser.send('POST', `/v1/client/sessions/${sessionId}/tokens/${name}`, {})

  beforeEach(async () => {
    server = await startServer({ storage: createStorage() })
    browser = newBrowser(server)
    userId = await signUp(browser, 'ada')
    sessionId = (await browser.send('GET', '/v1/client')).json.response.last_active_session_id
  })

  test('a template makes tokens of the user as they are, which speak for no session', async () => {
    const claims = {
      aud: 'https://others.example',
      version: 1,
      nested: { plan: '{{user.public_metadata.plan}}', list: ['{{user.unsafe_metadata.deep.theme}}', 1, null, true] },
      id: '{{user.id}}',
      email: '{{user.primary_email_address}}',
      verified: '{{user.email_verified}}',
      name: '{{user.last_name}}, {{user.first_name}}',
      full: "{{user.full_name || 'Somebody'}}",
      org: '{{org.id}}',
      role: '{{org.role}}',
      unknown: '{{user.i_dont_exist}}',
      all: '{{user.public_metadata}}',
    }
    const { status, json } = await create({ name: 'others', claims, lifetime: 600, allowed_clock_skew: 30 })
    expect([status, json]).toMatchObject([200, { object: 'jwt_template', name: 'others', claims, lifetime: 600 }])
    await set({ public_metadata: { plan: 'pro' }, unsafe_metadata: { deep: { theme: 'dark' } } })
    await sendBackend(server, 'PATCH', `/v1/users/${userId}`, { last_name: 'Lovelace' })
    const { header, payload } = read((await token('others')).json.jwt)
    expect(header).toMatchObject({ alg: 'RS256', typ: 'JWT', cat: 'cl_B7d4PD222AAA' })
    const { iat, nbf, exp, jti, ...said } = payload
    expect([exp - iat, iat - nbf, typeof jti]).toEqual([600, 30, 'string'])
    expect(said).toEqual({
      ...{ iss: 'https://127.0.0.1:8787', sub: userId, azp: 'http://127.0.0.1:5173' },
      aud: 'https://others.example',
      version: 1,
      nested: { plan: 'pro', list: ['dark', 1, null, true] },
      ...{ id: userId, email: null, verified: false, name: 'Lovelace, null', full: 'Lovelace' },
      ...{ org: null, role: null, unknown: null, all: { plan: 'pro' } },
    })
    const made = await sendBackend(server, 'POST', `/v1/sessions/${sessionId}/tokens/others`, {
      expires_in_seconds: 90,
    })
    const own = read(made.json.jwt).payload
    expect([own.exp - own.iat, own.azp, own.all]).toEqual([90, undefined, { plan: 'pro' }])
  })

  test('templates are listed, read, changed and deleted', async () => {
    const { json: made } = await create({ name: 'one', claims: {} })
    expect(made).toMatchObject({ id: expect.stringMatching(/^jtmp_/), lifetime: 60, allowed_clock_skew: 5 })
    await create({ name: 'two', claims: { a: 1 } })
    expect((await create({ name: 'one', claims: {} })).json.errors[0]).toMatchObject({ code: 'duplicate_record' })
    const own = `${templates}/${made.id}`
    expect((await sendBackend(server, 'GET', own)).json).toEqual(made)
    expect((await sendBackend(server, 'GET', templates)).json).toMatchObject([{ name: 'one' }, { name: 'two' }])
    const page = await sendBackend(server, 'GET', `${templates}?paginated=true&limit=1&offset=1`)
    expect(page.json).toMatchObject({ data: [{ name: 'two' }], total_count: 2 })
    const changed = await sendBackend(server, 'PATCH', own, { name: 'three', claims: { b: 2 }, lifetime: null })
    expect(changed.json).toMatchObject({ id: made.id, name: 'three', claims: { b: 2 }, lifetime: 60 })
    expect((await sendBackend(server, 'PATCH', own, { name: 'two' })).status).toBe(422)
    expect((await token('one')).status).toBe(404)
    expect((await token('three')).status).toBe(200)
    expect((await sendBackend(server, 'DELETE', own)).json).toEqual({
      object: 'jwt_template',
      id: made.id,
      deleted: true,
    })
    expect((await token('three')).status).toBe(404)
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      expect((await sendBackend(server, method, own, method === 'GET' ? undefined : {})).status).toBe(404)
    }
  })

  test.each([
    ['a name that is no part of an address', { name: 'a/b', claims: {} }],
    ['no claims', { name: 'a' }],
    ['a lifetime that is too short', { name: 'a', claims: {}, lifetime: 29 }],
    ['a signing key of its own', { name: 'a', claims: {}, custom_signing_key: true }],
    ['another algorithm', { name: 'a', claims: {}, signing_algorithm: 'HS256' }],
    ['a key', { name: 'a', claims: {}, signing_key: 'secret' }],
    ['who it speaks for', { name: 'a', claims: { sub: 'user_other' } }],
    ['a session', { name: 'a', claims: { sid: 'sess_other' } }],
    ['private metadata', { name: 'a', claims: { deep: [{ x: '{{user.private_metadata.key}}' }] } }],
    ['private metadata among others', { name: 'a', claims: { x: "a {{ 'a' || user.private_metadata }} b" } }],
    ['more than it may hold', { name: 'a', claims: { x: 'x'.repeat(4_096) } }],
  ])('a template is refused that has %s', async (_, body) => {
    expect((await create(body)).status).toBe(422)
    expect((await sendBackend(server, 'GET', templates)).json).toEqual([])
  })

  test('no private byte gets into any token, whatever a template asks for', async () => {
    const canary = createCanary()
    await set({
      private_metadata: { key: canary.word, public_metadata: canary.word },
      public_metadata: { plan: 'pro' },
    })
    const paths = [
      'user',
      'user.privateMetadata',
      'user.metadata.private',
      'user.metadata',
      'user.passwordHash',
      'user.',
    ]
    const claims = Object.fromEntries(paths.map((path, at) => [`c${at}`, `{{${path}}}`]))
    expect((await create({ name: 'all', claims })).status).toBe(200)
    const { json } = await token('all')
    expect(read(json.jwt).payload).toMatchObject({ c0: { id: userId, public_metadata: { plan: 'pro' } }, c1: null })
    expect(canary.isIn(JSON.stringify(read(json.jwt)))).toBe(false)
    expect(JSON.stringify(read(json.jwt))).not.toContain('pbkdf2')
  })

  test('what would be larger than a header is left out, and named', async () => {
    const all = '{{user.public_metadata}}'
    await create({ name: 'large', claims: { a: all, b: all, c: 1 } })
    await set({ public_metadata: { text: 'x'.repeat(5_000) } })
    const { payload } = read((await token('large')).json.jwt)
    expect(payload).toMatchObject({ b: { text: expect.any(String) }, c: 1, claims_omitted: ['a'] })
  })

  test('there are so many templates and no more', async () => {
    for (let count = 0; count < 50; count++) expect((await create({ name: `t${count}`, claims: {} })).status).toBe(200)
    expect((await create({ name: 'more', claims: {} })).json.errors[0]).toMatchObject({
      code: 'jwt_templates_exceeded',
    })
  })
})

const values = { user: { name: 'Ada', none: null, no: false, zero: 0, meta: { a: { b: [1] }, 'c d': 'x' } } }

test.each([
  ['{{user.name}}', 'Ada'],
  ['{{ user.name }}', 'Ada'],
  ['{{user.meta.a}}', { b: [1] }],
  ['{{user.meta.a.b}}', [1]],
  ['{{user.meta.c d}}', 'x'],
  ['{{user.meta.a.b.length}}', null],
  ['{{user.meta.toString}}', null],
  ['{{user.__proto__}}', null],
  ['{{user.none || user.no}}', false],
  ['{{user.no || user.none}}', null],
  ['{{user.zero || 1}}', 0],
  ["{{user.none || 'a || b'}}", 'a || b'],
  ['{{user.none || 30 }}', 30],
  ['{{user.none || true}}', true],
  ['{{}}', null],
  ['{{', '{{'],
  ['a {{user.name}} b {{user.none}} {{user.meta.a}}', 'a Ada b null {"b":[1]}'],
  ['{{user.name}}{{user.name}}', 'AdaAda'],
  [42, 42],
])('%j becomes %j', (template, value) => {
  expect(fillIn(template, values)).toEqual(value)
})

test('what the front end may not read is found in a template wherever it stands', () => {
  expect(hiddenShortcode({ a: ['x', { b: '{{user.private_metadata.a}}' }] })).toBe('user.private_metadata.a')
  expect(
    hiddenShortcode({ a: '{{user.public_metadata.private_metadata}} {{user.private_metadata_of}}' }),
  ).toBeUndefined()
  // What is filled in is not read again.
  expect(fillIn('{{user.name}}', { user: { name: '{{user.private_metadata}}' } })).toBe('{{user.private_metadata}}')
})
