import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Server, Storage } from '../src/index.ts'
import { toJsonSchema } from '../src/node/to-json-schema.ts'
import migration from './migrated/0002-plan-to-tier.ts'
import { newBrowser, sendBackend, signUp, startServer } from './setup.ts'
import { storages } from './webhook-setup.ts'

const file = fileURLToPath(new URL('migrated/0002-plan-to-tier.ts', import.meta.url))
const schemasOf = ({ schemas }: { schemas: object }) =>
  Object.fromEntries(Object.entries(schemas).map(([kind, schema]) => [kind, toJsonSchema(schema, file)]))
const [from, to] = [schemasOf(migration.from), schemasOf(migration.to)]
const body = { name: migration.name, direction: 'up', from, to }
const down = migration.down as NonNullable<typeof migration.down>
const root = '/v1/metadata_migrations'

async function startWithUsers(storage: Storage, plans: readonly string[]) {
  const server = await startServer({ storage })
  onTestFinished(() => server.close())
  await sendBackend(server, 'PUT', '/v1/metadata_schemas', { schemas: from })
  const ids = await server.createUsers(
    plans.map((plan, n) => ({ username: `person_${n}`, public_metadata: { n, plan }, private_metadata: {} })),
  )
  return { server, ids }
}

const write = (server: Server, method: string, id: string, metadata: object) =>
  sendBackend(server, method, `/v1/users/${id}/metadata`, metadata)
const publicOf = async (server: Server, id: string) =>
  (await sendBackend(server, 'GET', `/v1/users/${id}`)).json.public_metadata
const begin = async (server: Server, more: object = {}) => sendBackend(server, 'POST', root, { ...body, ...more })
const next = async (server: Server, id: string, more: object = {}) =>
  (await sendBackend(server, 'POST', `${root}/${id}/next`, more)).json

/** What the command line does, for those who come next. */
async function migrateNext(server: Server, id: string, isDown = false): Promise<number> {
  const { data } = await next(server, id)
  for (const { user, by, before } of data) {
    const { publicMetadata } = (await (isDown ? down : migration.up)({
      publicMetadata: user.public_metadata,
    } as never)) as { publicMetadata: object }
    const made = by === 'none' ? {} : by === 'before' ? before : { public_metadata: publicMetadata }
    const done = await sendBackend(server, 'PUT', `${root}/${id}/users/${user.id}`, made, {
      'if-match': `"${user.version}"`,
    })
    expect([done.status, done.json.errors]).toEqual([200, undefined])
  }
  return data.length
}

async function finish(server: Server, id: string): Promise<object> {
  expect((await sendBackend(server, 'POST', `${root}/${id}/finish`)).status).toBe(200)
  await server.runJobs()
  return (await sendBackend(server, 'GET', `/v1/jobs/${id}`)).json
}

describe.each(storages)('on %s', (_, open) => {
  test('what the new definition declares holds with it, and what was declared before stays where it declares nothing', async () => {
    const { server, ids } = await startWithUsers(await open(), ['pro', 'free'])
    const before = { indexes: ['public.plan'] }
    await sendBackend(server, 'PUT', '/v1/metadata_schemas', { schemas: from, options: before })
    await server.runJobs()
    const options = { indexes: ['public.tier'], claims: { tier: 'public.tier' } }
    expect((await begin(server, { options: { indexes: ['tier'] } })).json.errors[0].code).toBe(
      'metadata_index_unusable',
    )
    expect((await begin(server, { options: { claims: { tier: 'public.nowhere' } } })).json.errors[0].code).toBe(
      'claim_invalid',
    )
    const { id } = (await begin(server, { options })).json
    expect((await begin(server)).json.errors[0].code).toBe('migration_from_other_schemas')
    expect((await begin(server, { options })).json.id).toBe(id)
    await migrateNext(server, id)
    expect((await sendBackend(server, 'GET', '/v1/metadata_schemas')).json.options).toEqual(before)
    await finish(server, id)
    await server.runJobs()
    const held = (await sendBackend(server, 'GET', '/v1/metadata_schemas')).json
    expect([held.version, held.options, held.indexes]).toEqual([
      3,
      options,
      [{ path: 'public.tier', state: 'ready', unique: null, duplicates: 0 }],
    ])
    const found = await sendBackend(server, 'GET', '/v1/users?metadata[public][tier]=1')
    expect(found.json.map((user: { id: string }) => user.id)).toEqual([ids[0]])
    const back = (await begin(server, { direction: 'down', from: to, to: from })).json
    await migrateNext(server, back.id, true)
    await finish(server, back.id)
    await server.runJobs()
    expect((await sendBackend(server, 'GET', '/v1/metadata_schemas')).json).toMatchObject({ version: 4, options })
  })

  test('users come to the new form once each, it is enforced in the end, and the way back gives them their bytes', async () => {
    const { server, ids } = await startWithUsers(await open(), ['pro', 'free', 'pro'])
    const [ada = '', bea = '', cid = ''] = ids
    const texts = await Promise.all(ids.map((id) => sendBackend(server, 'GET', `/v1/users/${id}`)))
    const { id, kind, status } = (await begin(server)).json
    expect([kind, status]).toEqual(['metadata_migration', 'queued'])
    expect((await begin(server)).json.id).toBe(id)
    expect((await sendBackend(server, 'PUT', '/v1/metadata_schemas', { schemas: {} })).status).toBe(409)
    expect(await migrateNext(server, id)).toBe(3)
    expect(await migrateNext(server, id)).toBe(0)
    // Again, as by one who was killed before they knew.
    const again = await sendBackend(server, 'PUT', `${root}/${id}/users/${ada}`, { public_metadata: { n: 9, tier: 9 } })
    expect(again.json).toMatchObject({ version: 2, public_metadata: { n: 0, tier: 1 } })
    const { json: changes } = await sendBackend(server, 'GET', `/v1/users/${ada}/changes`)
    expect(changes).toMatchObject([
      { version: 2, migration: migration.name },
      { version: 1, migration: null },
    ])
    expect((await sendBackend(server, 'POST', `/v1/jobs/${id}/cancel`)).json.errors[0].code).toBe('migration_begun')
    expect(await finish(server, id)).toMatchObject({ status: 'done', result: { phase: 'done', left: 0 } })
    expect((await sendBackend(server, 'GET', '/v1/metadata_schemas')).json).toMatchObject({ version: 2, schemas: to })
    expect((await write(server, 'PATCH', ada, { public_metadata: { plan: 'pro' } })).status).toBe(422)
    expect((await begin(server)).json.errors[0].code).toBe('migration_done')

    await write(server, 'PATCH', bea, { public_metadata: { tier: 5 } })
    const back = await begin(server, { direction: 'down', from: to, to: from })
    expect(await migrateNext(server, back.json.id, true)).toBe(3)
    expect(await finish(server, back.json.id)).toMatchObject({ status: 'done', name: `${migration.name} --down` })
    expect(await publicOf(server, bea)).toEqual({ n: 1, plan: 'pro' })
    for (const [index, one] of [ada, bea, cid].entries()) {
      const text = (await sendBackend(server, 'GET', `/v1/users/${one}`)).text
      const metadata = (whole = '') => /"public_metadata":\{[^}]*\}/.exec(whole)?.[0]
      if (one !== bea) expect(metadata(text)).toBe(metadata(texts[index]?.text))
    }
    expect((await sendBackend(server, 'GET', '/v1/metadata_schemas')).json.schemas).toEqual(from)
  })

  test('both forms are taken meanwhile, and what a page of yesterday writes is migrated again', async () => {
    const { server, ids } = await startWithUsers(await open(), ['pro', 'free', 'free', 'free'])
    const [ada = '', bea = '', cid = '', dan = ''] = ids
    const { id } = (await begin(server)).json
    const { data } = await next(server, id)
    expect(data).toHaveLength(4)
    for (const one of [ada, bea]) {
      const made = { public_metadata: { n: 0, tier: 1 } }
      expect((await sendBackend(server, 'PUT', `${root}/${id}/users/${one}`, made)).status).toBe(200)
    }
    // In the new form already: not touched.
    expect((await write(server, 'PUT', dan, { public_metadata: { n: 3, tier: 7 } })).status).toBe(200)
    // A merge in the old form, upon the new one: made of the old form, with what was written since.
    expect((await write(server, 'PATCH', ada, { unsafe_metadata: { edits: 1 } })).status).toBe(200)
    expect((await write(server, 'PATCH', ada, { public_metadata: { plan: 'free' } })).status).toBe(200)
    expect((await sendBackend(server, 'GET', `/v1/users/${ada}`)).json).toMatchObject({
      public_metadata: { n: 0, plan: 'free' },
      unsafe_metadata: { edits: 1 },
    })
    // The whole in the old form.
    expect((await write(server, 'PUT', bea, { public_metadata: { n: 1, plan: 'pro' } })).status).toBe(200)
    // Neither form.
    expect((await write(server, 'PATCH', cid, { public_metadata: { other: 1 } })).status).toBe(422)
    expect(await migrateNext(server, id)).toBe(3)
    expect(await Promise.all(ids.map((one) => publicOf(server, one)))).toEqual([
      { n: 0, tier: 0 },
      { n: 1, tier: 1 },
      { n: 2, tier: 0 },
      { n: 3, tier: 7 },
    ])
    // What was written in the new form cannot be said in the old one.
    await write(server, 'PATCH', cid, { public_metadata: { tier: 3 } })
    expect((await write(server, 'PATCH', cid, { public_metadata: { plan: 'pro' } })).status).toBe(422)

    // One more of yesterday's, and one who signs up, before the last look.
    await write(server, 'PUT', dan, { public_metadata: { n: 3, plan: 'pro' } })
    await signUp(newBrowser(server), 'eve_moneypenny')
    expect(await finish(server, id)).toMatchObject({ status: 'running', result: { phase: 'open', left: 2 } })
    // From the last look on the new form alone is taken.
    expect((await write(server, 'PUT', bea, { public_metadata: { n: 1, plan: 'pro' } })).status).toBe(422)
    const late = { username: 'late_one', public_metadata: { n: 5, tier: 2 } }
    const { json: created } = await sendBackend(server, 'POST', '/v1/users', late)
    const { data: left } = await next(server, id)
    expect(left).toHaveLength(2)
    for (const { user } of left) {
      const made = { public_metadata: { n: 3, tier: 1 } }
      await sendBackend(server, 'PUT', `${root}/${id}/users/${user.id}`, made)
    }
    expect(await finish(server, id)).toMatchObject({ status: 'done' })
    expect(await publicOf(server, created.id)).toEqual({ n: 5, tier: 2 })
  })

  test('one that is half way is taken back', async () => {
    const { server, ids } = await startWithUsers(await open(), ['pro', 'free', 'free'])
    const [ada = '', bea = ''] = ids
    const { id } = (await begin(server)).json
    const made = { public_metadata: { n: 0, tier: 1 } }
    await next(server, id)
    for (const one of [ada, bea]) await sendBackend(server, 'PUT', `${root}/${id}/users/${one}`, made)
    await write(server, 'PATCH', bea, { public_metadata: { tier: 0 } })
    const back = await begin(server, { direction: 'down', from: to, to: from })
    expect(back.status).toBe(200)
    const { data } = await next(server, back.json.id)
    const ways = new Map(data.map(({ user, by }: { user: { id: string }; by: string }) => [user.id, by]))
    expect(ids.map((one) => ways.get(one))).toEqual(['before', 'function', 'none'])
    // By a page of yesterday, meanwhile.
    expect((await write(server, 'PATCH', ada, { public_metadata: { plan: 'free' } })).status).toBe(200)
    await migrateNext(server, back.json.id, true)
    expect(await finish(server, back.json.id)).toMatchObject({ status: 'done' })
    expect(await Promise.all(ids.map((one) => publicOf(server, one)))).toEqual([
      { n: 0, plan: 'free' },
      { n: 0, plan: 'free' },
      { n: 2, plan: 'free' },
    ])
    expect((await sendBackend(server, 'GET', `/v1/jobs/${id}`)).json.status).toBe('cancelled')
    expect((await sendBackend(server, 'GET', `/v1/users/${await signUp(newBrowser(server), 'fay_wray')}`)).status).toBe(
      200,
    )
  })

  test('values that must be unique follow a user to the new form, and back where a page of yesterday writes', async () => {
    const { server, ids } = await startWithUsers(await open(), ['pro', 'free'])
    const [ada = '', bea = ''] = ids
    const pushed = { schemas: from, options: { indexes: [], unique: ['public.seats', 'public.n'] }, force: true }
    expect((await sendBackend(server, 'PUT', '/v1/metadata_schemas', pushed)).status).toBe(200)
    await server.runJobs()
    const { id } = (await begin(server)).json
    await next(server, id)
    const made = { public_metadata: { n: 5, tier: 1, seats: 1 } }
    expect((await sendBackend(server, 'PUT', `${root}/${id}/users/${ada}`, made)).status).toBe(200)
    const taken = await sendBackend(server, 'PUT', `${root}/${id}/users/${bea}`, made)
    expect([taken.status, taken.json.errors[0].code]).toEqual([422, 'metadata_not_unique'])
    // The old form holds 0 again, which nobody named.
    expect((await write(server, 'PATCH', ada, { public_metadata: { plan: 'free' } })).json).toMatchObject({
      public_metadata: { n: 0, plan: 'free' },
    })
    expect((await sendBackend(server, 'PUT', `${root}/${id}/users/${bea}`, made)).status).toBe(200)
  })

  test('one that has not begun is cancelled and leaves nothing, and a wrong one is refused', async () => {
    const { server, ids } = await startWithUsers(await open(), ['pro'])
    const { id } = (await begin(server)).json
    expect((await sendBackend(server, 'POST', `/v1/jobs/${id}/cancel`)).json.status).toBe('cancelled')
    expect((await sendBackend(server, 'GET', '/v1/metadata_schemas')).json).toMatchObject({
      version: 1,
      versions: [{ version: 1 }],
    })
    expect((await next(server, id)).errors[0].code).toBe('migration_not_under_way')
    const wrong = await begin(server, { from: { public: { type: 'object' } } })
    expect([wrong.status, wrong.json.errors[0].code]).toEqual([409, 'migration_from_other_schemas'])
    const unfit = (await begin(server)).json.id
    const refused = await sendBackend(server, 'PUT', `${root}/${unfit}/users/${ids[0]}`, {
      public_metadata: { n: 'x' },
    })
    expect(refused.status).toBe(422)
    // A user who is gone leaves nothing of what they were.
    await migrateNext(server, unfit)
    expect((await sendBackend(server, 'DELETE', `/v1/users/${ids[0]}`)).status).toBe(200)
    expect(await finish(server, unfit)).toMatchObject({ status: 'done' })
  })
})
