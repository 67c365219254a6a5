import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { createCanary } from '../../conformance/canary.ts'
import { scaled } from '../../conformance/scaled.ts'
import type { Server, Storage } from '../src/index.ts'
import { newBrowser, sendBackend, signUp, startServer } from './setup.ts'
import { storages } from './storages.ts'

const options = { indexes: ['public.plan', 'private.credits', 'private.seen'], unique: ['private.customerId'] }

describe.each(Object.entries(storages))('on %s', (_, createStorage) => {
  let server: Server
  let storage: Storage
  let number = 0
  const push = async (pushed: object) => {
    const { json } = await sendBackend(server, 'PUT', '/v1/metadata_schemas', { schemas: {}, options: pushed })
    return json
  }
  const built = async () => {
    await server.runJobs()
    return (await sendBackend(server, 'GET', '/v1/metadata_schemas')).json.indexes
  }
  const newUser = async (metadata: object = {}): Promise<string> => {
    const body = { username: `person_${++number}`, ...metadata }
    return (await sendBackend(server, 'POST', '/v1/users', body)).json.id
  }
  const patch = (id: string, body: object) => sendBackend(server, 'PATCH', `/v1/users/${id}/metadata`, body)
  const find = (query: string) => sendBackend(server, 'GET', `/v1/users?limit=100&order_by=%2Bcreated_at&${query}`)
  const ids = async (query: string): Promise<string[]> =>
    (await find(query)).json.map((user: { id: string }) => user.id)
  const count = async (query: string) =>
    (await sendBackend(server, 'GET', `/v1/users/count?${query}`)).json.total_count as number

  beforeEach(async () => {
    storage = await createStorage()
    // No two users are created at the same time, so that their order is known.
    let ticks = 0
    server = await startServer({ storage, clock: () => Date.now() + 5 * ticks++ })
    onTestFinished(() => server.close())
  })

  test('users are found by what they have at a path, by its order, and by whether it is there', async () => {
    await push(options)
    const free = await newUser({ public_metadata: { plan: 'free' }, private_metadata: { credits: 5 } })
    const pro = await newUser({
      public_metadata: { plan: 'pro' },
      private_metadata: { credits: -1.5, seen: '2026-01-02' },
    })
    const odd = await newUser({
      public_metadata: { plan: null },
      private_metadata: { seen: '2026-01-01T23:00:00-02:00' },
    })
    await newUser()
    await built()
    expect(await ids('metadata[public][plan]="pro"')).toEqual([pro])
    expect(await ids('metadata[public][plan]=null')).toEqual([odd])
    expect(await ids('metadata[public][plan]="PRO"')).toEqual([])
    expect(await ids('metadata_in[public][plan]=["free","pro","pro"]')).toEqual([free, pro])
    expect(await ids('metadata[public][plan]=')).toEqual([free, pro, odd])
    expect(await ids('metadata_gte[private][credits]=-1.5')).toEqual([free, pro])
    expect(await ids('metadata_gt[private][credits]=-1.5')).toEqual([free])
    expect(await ids('metadata_gt[private][credits]=-2&metadata_lt[private][credits]=5')).toEqual([pro])
    expect(await ids('metadata_gte[private][seen]="2026-01-02T00:00:00Z"')).toEqual([pro, odd])
    expect(await ids('metadata_gt[private][seen]="2026-01-02"')).toEqual([odd])
    expect(await ids('metadata[public][plan]="pro"&metadata_lte[private][credits]=0&username=person_0')).toEqual([])
    expect(await count('metadata[public][plan]=')).toBe(3)
    expect(await count('metadata_in[public][plan]=["free"]&metadata[private][credits]=5')).toBe(1)
    const { json } = await sendBackend(server, 'GET', '/v1/users?limit=1&metadata[public][plan]=')
    expect(json).toHaveLength(1)
    const next = `/v1/users?limit=10&starting_after=${json[0].id}&metadata[public][plan]=`
    expect((await sendBackend(server, 'GET', next)).json.map((one: { id: string }) => one.id)).toEqual([pro, free])
  })

  test('whatever changes a user, they are found as they are, and once gone no more', async () => {
    await push(options)
    await built()
    const id = await newUser({ public_metadata: { plan: 'free' }, private_metadata: { customerId: 'cus_1' } })
    await patch(id, { public_metadata: { plan: 'pro' } })
    expect([await ids('metadata[public][plan]="free"'), await ids('metadata[public][plan]="pro"')]).toEqual([[], [id]])
    await sendBackend(
      server,
      'PATCH',
      `/v1/users/${id}`,
      { public_metadata: { plan: 'team' }, first_name: 'Ada' },
      { 'acme-version': '1' },
    )
    expect([await ids('metadata[public][plan]="pro"'), await ids('metadata[public][plan]="team"')]).toEqual([[], [id]])
    await sendBackend(server, 'POST', `/v1/users/${id}/versions/1/restore`, {})
    expect([await ids('metadata[public][plan]="team"'), await ids('metadata[public][plan]="free"')]).toEqual([[], [id]])
    await sendBackend(server, 'PUT', `/v1/users/${id}/metadata`, { private_metadata: {} })
    expect(await ids('metadata[private][customerId]=')).toEqual([])
    const other = await newUser({ private_metadata: { customerId: 'cus_1' } })
    expect(await ids('metadata[private][customerId]="cus_1"')).toEqual([other])
    await sendBackend(server, 'DELETE', `/v1/users/${other}`)
    expect(await ids('metadata[private][customerId]=')).toEqual([])
    expect(await count('metadata[private][customerId]=')).toBe(0)
    expect((await patch(id, { private_metadata: { customerId: 'cus_1' } })).status).toBe(200)
  })

  test('a path without an index is refused with the command that adds it, and one of an odd form by its form', async () => {
    await push(options)
    await built()
    const refused = await find('metadata[private][note]="x"')
    expect(refused.status).toBe(422)
    expect(refused.json.errors[0]).toMatchObject({ code: 'metadata_index_missing', meta: { path: 'private.note' } })
    expect(refused.json.errors[0].long_message).toContain('npx @acme/server schema push')
    for (const query of [
      'metadata=1',
      'metadata[public]=1',
      'metadata[public][plan][]=1',
      'metadata_near[public][plan]=1',
      'metadata[public][plan]={"a":1}',
      'metadata[public][plan]=free',
      'metadata_in[public][plan]="free"',
      'metadata_gt[public][plan]="free"',
      'metadata_gt[public][plan]=',
      `metadata[public][plan]="${'x'.repeat(513)}"`,
      `metadata_in[public][plan]=${JSON.stringify(Array.from({ length: 101 }, (_, index) => index))}`,
      Array.from({ length: 11 }, () => 'metadata[public][plan]=1').join('&'),
    ]) {
      const { status, json } = await find(query)
      expect([query, status, json.errors?.[0].meta.param_name]).toEqual([query, 422, 'metadata'])
    }
    for (const path of ['plan', 'public', 'public.', 'hidden.x', `public.${'x'.repeat(200)}`]) {
      const { errors } = await push({ indexes: [path] })
      expect([path, errors[0].code]).toEqual([path, 'metadata_index_unusable'])
    }
    expect((await push({ indexes: Array.from({ length: 21 }, (_, index) => `public.n${index}`) })).errors).toBeDefined()
  })

  test('an index over users who are there is built while they are written, and answers nothing before', async () => {
    const people = await Promise.all(
      Array.from({ length: 230 }, (_, index) =>
        newUser({
          public_metadata: { plan: index % 2 ? 'pro' : 'free' },
          private_metadata: { customerId: `cus_${index}` },
        }),
      ),
    )
    const { indexes } = await push(options)
    expect(indexes).toContainEqual({ path: 'public.plan', state: 'building', unique: null, duplicates: 0 })
    expect(indexes).toContainEqual({ path: 'private.customerId', state: 'building', unique: 'checking', duplicates: 0 })
    const refused = await find('metadata[public][plan]="pro"')
    expect([refused.status, refused.json.errors[0].code]).toEqual([409, 'metadata_index_building'])
    expect(refused.json.errors[0].meta.progress).toMatchObject({ done: expect.any(Number) })
    await Promise.all([
      ...people.slice(0, 20).map((id) => patch(id, { public_metadata: { plan: 'team' } })),
      ...people.slice(-20).map((id) => patch(id, { public_metadata: { plan: 'team' } })),
      sendBackend(server, 'DELETE', `/v1/users/${people[100]}`),
      built(),
    ])
    expect(await built()).toContainEqual({
      path: 'private.customerId',
      state: 'ready',
      unique: 'enforced',
      duplicates: 0,
    })
    expect(await count('metadata[public][plan]="team"')).toBe(40)
    expect(await count('metadata[public][plan]="pro"')).toBe(95)
    expect(await count('metadata[public][plan]="free"')).toBe(94)
    expect(await ids('metadata[private][customerId]="cus_7"')).toEqual([people[7]])
    // What is built stays so, and what is declared no more is gone.
    expect((await push({ indexes: ['public.plan'] })).indexes).toEqual([
      { path: 'public.plan', state: 'ready', unique: null, duplicates: 0 },
    ])
    await built()
    expect((await find('metadata[private][customerId]="cus_7"')).json.errors[0].code).toBe('metadata_index_missing')
    expect((await storage.find('users', people[7] as string))?.indexed).toEqual(['public.plan'])
    expect((await patch(people[8] as string, { private_metadata: { customerId: 'cus_7' } })).status).toBe(200)
  })

  test('building that is cancelled is said to be, and begun again by the next push', async () => {
    await Promise.all(Array.from({ length: 150 }, () => newUser({ public_metadata: { plan: 'pro' } })))
    const { index_job_id: jobId } = await push(options)
    const { json: job } = await sendBackend(server, 'POST', `/v1/jobs/${jobId}/cancel`)
    if (job.status === 'cancelled') {
      const { errors } = (await find('metadata[public][plan]="pro"')).json
      expect([errors[0].code, errors[0].long_message]).toEqual([
        'metadata_index_building',
        expect.stringContaining('Push again'),
      ])
    }
    await push(options)
    await built()
    expect(await count('metadata[public][plan]="pro"')).toBe(150)
  })

  test('a unique path that users share is broken, with how many do, until it is pushed over what is unique', async () => {
    const [one, other, third] = [
      await newUser({ private_metadata: { customerId: 'cus_1' } }),
      await newUser({ private_metadata: { customerId: 'cus_1' } }),
      await newUser({ private_metadata: { customerId: 'cus_2' } }),
    ]
    await push(options)
    expect(await built()).toContainEqual({
      path: 'private.customerId',
      state: 'ready',
      unique: 'broken',
      duplicates: 1,
    })
    expect((await ids('metadata[private][customerId]="cus_1"')).sort()).toEqual([one, other].sort())
    expect((await patch(third, { private_metadata: { customerId: 'cus_1' } })).status).toBe(200)
    await patch(third, { private_metadata: { customerId: 'cus_3' } })
    await patch(other, { private_metadata: { customerId: 'cus_2' } })
    await push(options)
    expect(await built()).toContainEqual({
      path: 'private.customerId',
      state: 'ready',
      unique: 'enforced',
      duplicates: 0,
    })
    expect((await patch(third, { private_metadata: { customerId: 'cus_1' } })).status).toBe(422)
  })

  test('a value that must be unique is refused by its path, from both sides, and nothing else is told', async () => {
    const { word, isIn } = createCanary()
    await push({ unique: ['private.customerId', 'unsafe.handle'] })
    await built()
    const [one, other] = [
      await newUser({ private_metadata: { customerId: word }, unsafe_metadata: { handle: word } }),
      await newUser(),
    ]
    const refused = await patch(other, { private_metadata: { customerId: word } })
    expect(refused.json.errors[0]).toMatchObject({
      code: 'metadata_not_unique',
      meta: { param_name: 'private_metadata', path: ['customerId'] },
    })
    expect([refused.status, isIn(refused.text), refused.text.includes(one)]).toEqual([422, false, false])
    const created = await sendBackend(server, 'POST', '/v1/users', {
      username: 'who',
      private_metadata: { customerId: word },
    })
    expect([created.status, isIn(created.text)]).toEqual([422, false])
    const long = await patch(other, { private_metadata: { customerId: 'x'.repeat(513) } })
    expect([long.status, long.json.errors[0].code]).toEqual([422, 'form_param_value_invalid'])
    // The same again is no other, null and absence are anybody's.
    expect((await patch(one, { private_metadata: { customerId: word, more: 1 } })).status).toBe(200)
    for (const id of [one, other]) {
      expect(
        (await sendBackend(server, 'PUT', `/v1/users/${id}/metadata`, { private_metadata: { customerId: null } }))
          .status,
      ).toBe(200)
    }
    const browser = newBrowser(server)
    await signUp(browser, 'grace')
    const page = await browser.send('PATCH', '/v1/me/metadata', { unsafe_metadata: JSON.stringify({ handle: word }) })
    expect([page.status, isIn(page.text), page.json.errors[0].meta.path]).toEqual([422, false, ['handle']])
    const form = {
      username: 'eve',
      password: 'correct horse battery',
      unsafe_metadata: JSON.stringify({ handle: word }),
    }
    const stranger = await newBrowser(server).send('POST', '/v1/client/sign_ups', form)
    expect([stranger.status, stranger.json.errors[0].code]).toEqual([422, 'metadata_not_unique'])
    const me = await browser.send('GET', '/v1/me')
    expect(me.text).not.toMatch(/indexed|held/)
    const asked = await find(`metadata[private][other]="${word}"`)
    expect(isIn(asked.text)).toBe(false)
  })

  test('whatever moves to another database is found and held there, and what no index keeps is not left behind', async () => {
    await push(options)
    await built()
    const id = await newUser({ public_metadata: { plan: 'pro' }, private_metadata: { customerId: 'cus_1' } })
    const gone = await newUser({ public_metadata: { plan: 'gone' }, private_metadata: { customerId: 'cus_2' } })
    await sendBackend(server, 'DELETE', `/v1/users/${gone}`)
    for (const open of Object.values(storages)) {
      const other = await open()
      for await (const writes of storage.dump())
        await other.transact({ reads: [], decide: () => ({ writes, result: undefined }) })
      const there = await startServer({ storage: other })
      const list = await sendBackend(there, 'GET', '/v1/users?metadata[private][customerId]=')
      expect(list.json.map((user: { id: string }) => user.id)).toEqual([id])
      const body = { username: 'other', private_metadata: { customerId: 'cus_1' } }
      expect((await sendBackend(there, 'POST', '/v1/users', body)).json.errors[0].code).toBe('metadata_not_unique')
      const free = { username: 'other', private_metadata: { customerId: 'cus_2' } }
      expect((await sendBackend(there, 'POST', '/v1/users', free)).status).toBe(200)
      await sendBackend(there, 'DELETE', `/v1/users/${id}`)
      expect((await sendBackend(there, 'GET', '/v1/users?metadata[public][plan]=')).json).toEqual([])
      await there.close()
    }
  })

  test('of writes of one value that must be unique exactly one is made', async () => {
    await push({ unique: ['private.customerId'] })
    await built()
    const people = await Promise.all(Array.from({ length: 4 }, () => newUser()))
    for (let round = 0; round < scaled(60, 3); round++) {
      const tried = await Promise.all(
        people.map((id) => patch(id, { private_metadata: { customerId: `cus_${round}` } })),
      )
      expect(tried.map(({ status }) => status).sort()).toEqual([200, 422, 422, 422])
    }
  })
})
