import { type Backend, createBackend, UpdateStoppedError } from '@acme/backend'
import { beforeAll, expect, test } from 'vitest'
import { forEachTarget, newName, type Place, userOf } from '../targets.ts'

interface App {
  readonly public: { plan?: string; seats?: number; trial?: { endsAt: string } }
  readonly private: { customerId?: string; note?: string }
}

/** Declares indexes, and waits until they are built. */
async function declare(place: Place, options: object): Promise<void> {
  const ask = async (method: string, body?: object) => {
    const headers = { authorization: `Bearer ${place.secretKey}`, 'content-type': 'application/json' }
    const sent = { method, headers, ...(body && { body: JSON.stringify(body) }) }
    return (await fetch(`${place.url}/v1/metadata_schemas`, sent)).json()
  }
  await ask('PUT', { schemas: {}, options })
  const isReady = (index: { state: string; unique: string }) => index.state === 'ready' && index.unique !== 'checking'
  while (!(await ask('GET')).indexes.every(isReady)) await new Promise((resolve) => setTimeout(resolve, 20))
}

forEachTarget((world) => {
  let users: Backend<App>['users']
  const tag = newName()
  const ids: string[] = []
  beforeAll(async () => {
    const { place } = world()
    users = createBackend<App>({ secretKey: place.secretKey, apiUrl: place.url }).users
    await declare(place, {
      indexes: ['public.plan', 'public.seats', 'public.trial.endsAt'],
      unique: ['private.customerId'],
    })
    for (let index = 0; index < 4; index++) {
      const user = await users.createUser({
        username: newName(),
        createdAt: new Date(1_700_000_000_000 + index),
        publicMetadata: {
          plan: `${tag}${index % 2}`,
          seats: index,
          trial: { endsAt: `2026-01-0${index + 1}T00:00:00Z` },
        },
        privateMetadata: { customerId: `${tag}_${index}` },
      })
      ids.push(user.id)
    }
  })
  const found = async (metadata: object) => {
    const list: string[] = []
    for await (const user of users.list({ metadata })) list.push(user.id)
    return list.reverse()
  }

  test('users are listed, counted and found by what they have in their metadata', async () => {
    expect(await found({ public: { plan: `${tag}1` } })).toEqual([ids[1], ids[3]])
    expect(await found({ public: { plan: { in: [`${tag}1`, `${tag}0`] } } })).toEqual(ids)
    expect(await found({ public: { plan: `${tag}0`, seats: { gt: 0 } } })).toEqual([ids[2]])
    expect(await found({ public: { trial: { endsAt: { gte: new Date('2026-01-03'), exists: true } } } })).toEqual(
      ids.slice(2),
    )
    const { data, totalCount } = await users.getUserList({
      metadata: { public: { plan: `${tag}0` } },
      limit: 1,
      orderBy: 'created_at',
    })
    expect([data.map(({ id }) => id), totalCount]).toEqual([[ids[0]], 2])
    expect(await users.getCount({ metadata: { private: { customerId: `${tag}_3` } } })).toBe(1)
    expect((await users.findUser({ private: { customerId: `${tag}_2` } }))?.id).toBe(ids[2])
    expect(await users.findUser({ private: { customerId: `${tag}_4` } })).toBeUndefined()
    await expect(users.findUser({ public: { plan: `${tag}0` } })).rejects.toMatchObject({ code: 'user_ambiguous' })
  })

  test('what has no index, or asks for nothing, is refused and finds nobody', async () => {
    const lacking = { code: 'metadata_index_missing', status: 422, message: expect.stringContaining('schema push') }
    await expect(users.getCount({ metadata: { private: { note: 'x' } } })).rejects.toMatchObject(lacking)
    for (const metadata of [
      {},
      { private: {} },
      { private: { customerId: undefined } },
      { private: { customerId: { in: [undefined] } } },
      { private: { customerId: { exists: false } } },
      { public: { seats: Number.NaN } },
      { public: { 'a.b': 1 } },
      { hidden: { plan: 1 } },
    ] as never[]) {
      await expect(users.findUser(metadata)).rejects.toMatchObject({ code: 'metadata_filter_invalid' })
    }
  })

  test('a unique value is one user’s', async () => {
    const taken = { code: 'metadata_not_unique', status: 422, message: expect.stringContaining('private.customerId') }
    const patch = { privateMetadata: { customerId: `${tag}_0` } }
    await expect(users.updateUserMetadata(ids[1] as string, patch)).rejects.toMatchObject(taken)
    await expect(users.createUser({ username: newName(), ...patch })).rejects.toMatchObject(taken)
    expect((await users.findUser({ private: { customerId: `${tag}_0` } }))?.id).toBe(ids[0])
  })

  test('a page cannot ask by metadata', async () => {
    const frontend = await world().signUp()
    const path = `/v1/users?metadata[private][customerId]="${tag}_0"`
    const reply = await fetch(world().place.url + path, { headers: { authorization: 'Bearer nothing' } })
    expect(reply.status).toBe(401)
    expect(Object.keys(userOf(frontend))).not.toContain('indexed')
  })

  test('many users are updated at once, each for itself', async () => {
    const people: string[] = []
    for (let index = 0; index < 3; index++) people.push((await users.createUser({ username: newName() })).id)
    async function* updates() {
      for (const [index, userId] of people.entries())
        yield { userId, publicMetadata: { plan: `${tag}_bulk`, seats: index } }
      yield { userId: 'user_nobody', publicMetadata: { seats: 1 } }
      yield { userId: people[0] as string, ifMatch: 1, publicMetadata: { seats: 9 } }
      yield { userId: people[1] as string, privateMetadata: { customerId: `${tag}_0` } }
      yield { userId: people[2] as string, publicMetadata: { plan: new Date() as never } }
    }
    const seen: number[] = []
    const { updated, failed, results } = await users.updateUsers(updates(), {
      onProgress: ({ done }) => seen.push(done),
    })
    expect([updated, failed, seen]).toEqual([3, 4, [7]])
    expect(results.map(({ userId, version, error }) => [userId, version ?? error?.code])).toEqual([
      ...people.map((id) => [id, 2]),
      ['user_nobody', 'resource_not_found'],
      [people[0], 'version_conflict'],
      [people[1], 'metadata_not_unique'],
      [people[2], 'form_param_value_invalid'],
    ])
    expect(await users.getCount({ metadata: { public: { plan: `${tag}_bulk` } } })).toBe(3)
    const key = { idempotencyKey: `bulk_${tag}` }
    const again = [{ userId: people[0] as string, publicMetadata: { seats: 5 } }]
    expect((await users.updateUsers(again, key)).results).toEqual((await users.updateUsers(again, key)).results)
    expect((await users.getUser(people[0] as string)).version).toBe(3)
  })

  test('all whom a filter finds are changed once, and it goes on where it was', async () => {
    const plan = newName()
    const people: string[] = []
    for (let index = 0; index < 5; index++) {
      const user = await users.createUser({
        username: newName(),
        publicMetadata: { plan, seats: index },
        createdAt: new Date(index),
      })
      people.push(user.id)
    }
    const moved = await users.updateWhere({ metadata: { public: { plan } } }, (user) =>
      user.publicMetadata.seats === 3
        ? undefined
        : { publicMetadata: { plan: `${plan}x`, seats: (user.publicMetadata.seats ?? 0) + 1 } },
    )
    expect(moved).toMatchObject({ updated: 4, failed: 0, skipped: 1, cursor: `0:${people[0]}` })
    expect(await found({ public: { plan: `${plan}x` } })).toEqual([0, 1, 2, 4].map((index) => people[index]))
    // From the middle on, where somebody is gone by then.
    await users.deleteUser(people[2] as string)
    const rest = await users.updateWhere(
      { metadata: { public: { plan: `${plan}x` } } },
      { publicMetadata: { plan } },
      { cursor: `2:${people[2]}` },
    )
    expect(rest).toMatchObject({ updated: 2, failed: 0, skipped: 0 })
    expect(await found({ public: { plan } })).toEqual([0, 1, 3].map((index) => people[index]))
    await expect(users.updateWhere({}, {}, { cursor: 'x' })).rejects.toMatchObject({ code: 'cursor_invalid' })
  })

  test('what breaks a change of many off says where to go on, and there it goes on', async () => {
    const plan = newName()
    for (let index = 0; index < 3; index++)
      await users.createUser({
        username: newName(),
        createdAt: new Date(index),
        publicMetadata: { plan, seats: index },
      })
    const filter = { metadata: { public: { plan } } }
    const raise = (user: { publicMetadata: { seats?: number } }) => ({
      publicMetadata: { seats: (user.publicMetadata.seats ?? 0) + 10 },
    })
    const thrown = new Error('a canary of the app')
    const first = await users.updateWhere(filter, () => Promise.reject(thrown)).catch((error) => error)
    expect(first).toBeInstanceOf(UpdateStoppedError)
    expect(first).toMatchObject({ code: 'update_stopped', cause: thrown, cursor: undefined, updated: 0 })
    expect(first.message).not.toContain('canary')
    // What is told of a page is told once all of it is done.
    const onProgress = () => {
      throw thrown
    }
    const second = await users.updateWhere(filter, raise, { cursor: first.cursor, onProgress }).catch((error) => error)
    expect(second).toMatchObject({ code: 'update_stopped', updated: 3, failed: 0, skipped: 0 })
    expect(await users.updateWhere(filter, raise, { cursor: second.cursor })).toEqual({
      updated: 0,
      failed: 0,
      skipped: 0,
      cursor: second.cursor,
    })
    const seats: unknown[] = []
    for await (const user of users.list(filter)) seats.push(user.publicMetadata.seats)
    expect(seats).toEqual([12, 11, 10])
    const signal = AbortSignal.abort()
    const third = await users.updateWhere(filter, raise, { signal }).catch((error) => error)
    expect([third.code, third.cause.name, third.cursor]).toEqual(['update_stopped', 'AbortError', undefined])
  })
})
