import { DatabaseSync } from 'node:sqlite'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Server, Storage } from '../src/index.ts'
import { createMemoryStorage } from '../src/storage/memory/memory-storage.ts'
import { createSqliteStorage } from '../src/storage/sqlite/sqlite-storage.ts'
import { newBrowser, sendBackend, signUp, startServer } from './setup.ts'

const schemas = {
  public: {
    type: 'object',
    properties: { plan: { enum: ['free', 'pro'] }, seats: { type: 'integer' } },
    required: ['plan'],
    additionalProperties: false,
  },
  unsafe: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: { theme: { enum: ['light', 'dark'] }, list: { type: 'array', items: { type: 'string' } } },
    additionalProperties: false,
  },
}

/** Schemas that apply one another to the same value. */
function through(depth: number): object {
  const $defs: Record<string, object> = { [`d${depth}`]: {} }
  for (let at = 0; at < depth; at++) $defs[`d${at}`] = { $ref: `#/$defs/d${at + 1}` }
  return { $defs, $ref: '#/$defs/d0' }
}

const storages: Record<string, () => Storage> = {
  memory: createMemoryStorage,
  sqlite: () => createSqliteStorage({ database: new DatabaseSync(':memory:') }),
}

describe.each(Object.entries(storages))('on %s', (_, createStorage) => {
  let server: Server
  let storage: Storage
  const put = (body: unknown) => sendBackend(server, 'PUT', '/v1/metadata_schemas', body)
  const newUser = async (username: string, metadata: object = {}) =>
    (await sendBackend(server, 'POST', '/v1/users', { username, ...metadata })).json

  beforeEach(async () => {
    storage = createStorage()
    server = await startServer({ storage })
  })

  test('what is declared besides the schemas is pushed, kept and taken back with them', async () => {
    const options = { indexes: ['public.plan'], unique: ['private.customerId'] }
    expect((await put({ schemas: {}, options })).json).toMatchObject({ version: 1, options })
    expect((await put({ schemas: {} })).json).toMatchObject({ version: 2, options: {} })
    expect((await put({ version: 1 })).json).toMatchObject({ version: 1, options })
    expect((await sendBackend(server, 'GET', '/v1/metadata_schemas')).json).toMatchObject({ version: 1, options })
    expect((await put({ version: 1, options })).status).toBe(422)
  })

  test('a pushed schema refuses what the Backend API would make of a user, with one error per issue', async () => {
    expect((await put({ schemas })).json).toMatchObject({ version: 1, schemas })
    const { id } = await newUser('ada', { public_metadata: { plan: 'free' } })
    const path = `/v1/users/${id}/metadata`
    const refused = await sendBackend(server, 'PATCH', path, { public_metadata: { plan: 'gold', seats: 'x', odd: 1 } })
    expect(refused.status).toBe(422)
    const at = refused.json.errors.map((one: { meta: object }) => one.meta)
    expect(at).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ param_name: 'public_metadata', path: ['plan'] }),
        expect.objectContaining({ param_name: 'public_metadata', path: ['seats'] }),
        expect.objectContaining({ param_name: 'public_metadata', path: ['odd'], issue: 'is not allowed' }),
      ]),
    )
    expect(refused.text).not.toContain('gold')
    // The result is judged, not the patch: this one takes away what is required.
    expect((await sendBackend(server, 'PATCH', path, { public_metadata: { plan: null } })).status).toBe(422)
    expect((await sendBackend(server, 'PATCH', path, { public_metadata: { seats: 2 } })).status).toBe(200)
    expect((await sendBackend(server, 'PUT', path, { public_metadata: {} })).status).toBe(422)
    const { json } = await sendBackend(server, 'GET', `/v1/users/${id}`)
    expect(json).toMatchObject({ version: 2, public_metadata: { plan: 'free', seats: 2 } })
    const created = await sendBackend(server, 'POST', '/v1/users', { username: 'bob', public_metadata: { plan: 1 } })
    expect(created.status).toBe(422)
  })

  test('a browser without the SDK stores no junk, at sign-up or later', async () => {
    await put({ schemas })
    const browser = newBrowser(server)
    const junk = JSON.stringify({ theme: 'blue', list: ['a', 1] })
    const form = { username: 'eve', password: 'correct horse battery', unsafe_metadata: junk }
    expect((await browser.send('POST', '/v1/client/sign_ups', form)).status).toBe(422)
    await signUp(browser, 'ada')
    for (const method of ['PATCH', 'PUT']) {
      const { status, json } = await browser.send(method, '/v1/me/metadata', { unsafe_metadata: junk })
      expect(status).toBe(422)
      expect(json.errors).toHaveLength(2)
      const paths = json.errors.map((one: { meta: { path: unknown } }) => one.meta.path)
      expect(paths).toEqual(expect.arrayContaining([['theme'], ['list', 1]]))
    }
    const { json } = await browser.send('GET', '/v1/me')
    expect(json.response).toMatchObject({ unsafe_metadata: {}, version: 1 })
    const good = await browser.send('PATCH', '/v1/me/metadata', { unsafe_metadata: '{"theme":"dark"}' })
    expect(good.json.response.unsafe_metadata).toEqual({ theme: 'dark' })
  })

  test('a schema that stored users break is counted, and refused unless it is forced', async () => {
    const { id } = await newUser('ada', { public_metadata: { plan: 'gold' } })
    await newUser('bob', { public_metadata: { plan: 'pro' } })
    const check = await sendBackend(server, 'POST', '/v1/metadata_schemas/check', { schemas })
    expect(check.json).toMatchObject({
      users: 2,
      broken: 1,
      examples: [{ user_id: id, param_name: 'public_metadata', path: ['plan'] }],
    })
    expect(check.text).not.toContain('gold')
    const refused = await put({ schemas })
    expect(refused.status).toBe(422)
    expect(refused.json.errors[0]).toMatchObject({ code: 'metadata_schemas_broken', meta: { broken: 1 } })
    expect((await sendBackend(server, 'GET', '/v1/metadata_schemas')).json).toMatchObject({ version: 0, versions: [] })
    expect((await put({ schemas, force: true })).status).toBe(200)
    // What the write does not set does not hold it up.
    expect((await sendBackend(server, 'PATCH', `/v1/users/${id}`, { first_name: 'Ada' })).status).toBe(200)
  })

  test('versions are kept, and an earlier one can be enforced again', async () => {
    await put({ schemas: {} })
    await put({ schemas })
    expect((await put({ version: 1 })).json).toMatchObject({ version: 1, schemas: {} })
    const { id } = await newUser('ada', { public_metadata: { any: 'thing' } })
    expect(id).toMatch(/^user_/)
    expect((await put({ schemas, force: true })).json.version).toBe(3)
    const { json } = await sendBackend(server, 'GET', '/v1/metadata_schemas')
    expect(json).toMatchObject({ version: 3, versions: [{ version: 1 }, { version: 2 }, { version: 3 }] })
    expect((await put({ version: 9 })).status).toBe(404)
  })

  test.each([
    ['neither schemas nor a version', {}],
    ['a schema of another draft', { schemas: { public: { $schema: 'http://json-schema.org/draft-07/schema#' } } }],
    ['a broken reference', { schemas: { public: { $ref: '#/$defs/none' } } }],
    ['a broken pattern', { schemas: { public: { properties: { a: { pattern: '(' } } } } }],
    ['an unknown kind', { schemas: { secret: {} } }],
  ])('%s is refused', async (_, body) => {
    expect((await put(body)).status).toBe(422)
  })

  test.each([
    [
      'a reference below the first level that leads nowhere',
      { properties: { a: { $ref: '#/$defs/no' } } },
      '/properties/a/$ref',
    ],
    ['a reference to another document', { properties: { a: { $ref: 'https://example.com/a' } } }, '/properties/a/$ref'],
    ['a reference in a definition', { $defs: { 'a/b': { items: { $ref: '#no' } } } }, '/$defs/a~1b/items/$ref'],
    ['a dynamic reference', { items: { $dynamicRef: '#node' } }, '/items/$dynamicRef'],
    ['a vocabulary of its own', { $vocabulary: { 'https://example.com/v': true } }, '/$vocabulary'],
    [
      'another dialect inside',
      { $defs: { a: { $schema: 'http://json-schema.org/draft-07/schema#' } } },
      '/$defs/a/$schema',
    ],
    ['a reference to itself', { properties: { a: { $ref: '#/properties/a' } } }, '/properties/a'],
    [
      'a circle of references',
      { $defs: { a: { allOf: [{ $ref: '#/$defs/b' }] }, b: { $ref: '#/$defs/a' } } },
      '/$defs/a',
    ],
    ['a keyword of another form', { properties: { a: { minLength: 'x' } } }, '/properties/a/minLength'],
    ['properties that are no schemas', { properties: { a: 5 } }, '/properties'],
    ['a pattern that is none', { patternProperties: { '(': true } }, '/patternProperties'],
    ['a pattern that cannot be followed', { properties: { a: { pattern: '(a|(b)\\2)*' } } }, '/properties/a/pattern'],
    ['a pattern that is too large', { patternProperties: { '(?:a{999}){999}': true } }, '/patternProperties'],
    ['schemas through schemas without end', through(70), '/$defs/d6'],
  ])('a schema with %s is refused by name and place', async (_, schema, pointer) => {
    const { status, json } = await put({ schemas: { public: schema }, force: true })
    expect([status, json.errors[0].code]).toEqual([422, 'metadata_schema_unusable'])
    expect(json.errors[0].meta).toEqual({ param_name: 'schemas', kind: 'public', pointer })
    expect(
      (await sendBackend(server, 'POST', '/v1/metadata_schemas/check', { schemas: { public: schema } })).status,
    ).toBe(422)
    await newUser('ada', { public_metadata: { a: ['x'] } })
    expect((await sendBackend(server, 'GET', '/v1/users/count')).json.total_count).toBe(1)
  })

  test('recursion that goes deeper, annotations of any kind and embedded schemas are taken', async () => {
    const node = { type: 'object', properties: { next: { $ref: '#/$defs/node' } }, additionalProperties: false }
    const schema = {
      $defs: { node, named: { $id: 'https://example.com/named', type: 'string', maxLength: 3 } },
      title: 'A list',
      'x-anything': { type: 5, $ref: '#/nowhere' },
      properties: { list: { $ref: '#/$defs/node' }, name: { $ref: 'https://example.com/named' } },
    }
    expect((await put({ schemas: { public: schema } })).status).toBe(200)
    const create = async (username: string, public_metadata: object) =>
      (await sendBackend(server, 'POST', '/v1/users', { username, public_metadata })).status
    expect(await create('ada', { list: { next: { next: {} } }, name: 'abc' })).toBe(200)
    expect(await create('bea', { list: { next: { last: {} } } })).toBe(422)
    expect(await create('cid', { name: 'abcd' })).toBe(422)
  })

  test('a schema that was stored before pushes were checked refuses what it cannot judge, by no fault of the server', async () => {
    await put({ schemas: {} })
    const active = await storage.find('metadataSchemas', 'active')
    if (!active) throw new Error('there are no schemas')
    const row = { ...active, version: 7, schemas: { public: { properties: { a: { $ref: '#/$defs/none' } } } } }
    await storage.transact({ reads: [], decide: () => ({ writes: [{ put: 'metadataSchemas', row }], result: null }) })
    const { id } = await newUser('ada', { public_metadata: { b: 1 } })
    const refused = await sendBackend(server, 'PATCH', `/v1/users/${id}/metadata`, { public_metadata: { a: 1 } })
    expect([refused.status, refused.json.errors[0].meta.param_name]).toEqual([422, 'public_metadata'])
  })

  test('patterns that were stored before pushes were checked are enforced, or refuse what they are for', async () => {
    await put({ schemas: {} })
    const active = await storage.find('metadataSchemas', 'active')
    if (!active) throw new Error('there are no schemas')
    const properties = { a: { pattern: '^(\\w+\\s?)*$' }, b: { pattern: '^(?:(x)\\1)*$' } }
    const row = { ...active, version: 7, schemas: { public: { properties } } }
    await storage.transact({ reads: [], decide: () => ({ writes: [{ put: 'metadataSchemas', row }], result: null }) })
    const { id } = await newUser('ada', { public_metadata: { a: 'one two' } })
    const change = async (public_metadata: object) => {
      const { status, json } = await sendBackend(server, 'PATCH', `/v1/users/${id}/metadata`, { public_metadata })
      return [status, json.errors?.[0].meta.path]
    }
    // The engine of the platform would take 2 to the power of 8,000 steps.
    expect(await change({ a: `${'a'.repeat(8_000)}!` })).toEqual([422, ['a']])
    expect(await change({ a: 'a'.repeat(8_000) })).toEqual([200, undefined])
    expect(await change({ b: 'xx' })).toEqual([422, ['b']])
  })

  test('a value that would take too much work is refused, and says so', async () => {
    const anyOf = Array.from({ length: 1_000 }, (_, index) => ({ const: index }))
    expect((await put({ schemas: { public: { properties: { a: { items: { anyOf } } } } } })).status).toBe(200)
    const create = (a: unknown) => sendBackend(server, 'POST', '/v1/users', { username: 'ada', public_metadata: { a } })
    const refused = await create(Array.from({ length: 4_000 }, () => 7))
    expect(refused.status).toBe(422)
    expect(refused.json.errors).toHaveLength(1)
    expect(refused.json.errors[0].meta).toMatchObject({
      issue: expect.stringMatching(/^takes too much work/),
      path: [],
    })
    expect((await create([7])).status).toBe(200)
  })

  test('a browser cannot reach the schemas', async () => {
    expect((await newBrowser(server).send('GET', '/v1/metadata_schemas')).status).toBe(401)
  })
})
