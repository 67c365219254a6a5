import { expect, test } from 'vitest'
import { forEachTarget, newName } from '../targets.ts'

forEachTarget((world) => {
  test('a user is created, read, changed and deleted', async () => {
    const { users } = world().backend
    const name = newName()
    const created = await users.createUser({
      emailAddress: [`${name}@example.com`],
      username: name,
      externalId: `ext-${name}`,
      firstName: 'Ada',
      publicMetadata: { plan: 'free' },
      createdAt: new Date(86_400_000),
    })
    expect(created).toMatchObject({ username: name, externalId: `ext-${name}`, version: 1 })
    expect(created.createdAt).toEqual(new Date(86_400_000))
    const read = await users.getUser(created.id)
    expect(read).toEqual(created)
    const renamed = await users.updateUser(created.id, { firstName: null, lastName: 'Lovelace', username: `${name}_2` })
    expect(renamed).toMatchObject({ firstName: null, lastName: 'Lovelace', version: 2 })
    // The name that was let go is free again.
    const other = await users.createUser({ username: name })
    expect(other.username).toBe(name)
    await users.deleteUser(created.id)
    await expect(users.getUser(created.id)).rejects.toMatchObject({ status: 404 })
    await users.createUser({ emailAddress: [`${name}@example.com`], externalId: `ext-${name}` })
  })

  test('a list is filtered, ordered and paged; the iterator meets everyone once', async () => {
    const { users } = world().backend
    const mark = newName()
    for (let index = 0; index < 105; index++) {
      await users.createUser({ username: `${mark}_${String(index).padStart(3, '0')}`, lastName: mark })
    }
    const page = await users.getUserList({ query: mark.toUpperCase(), orderBy: 'username', limit: 3, offset: 2 })
    expect(page.totalCount).toBe(105)
    expect(page.data.map(({ username }) => username)).toEqual([`${mark}_002`, `${mark}_003`, `${mark}_004`])
    const seen: string[] = []
    for await (const user of users.list({ nameQuery: mark })) seen.push(user.id)
    expect(new Set(seen).size).toBe(105)
    expect(seen).toHaveLength(105)
    expect(await users.getCount({ username: [`${mark}_001`, `${mark}_104`, 'nobody_at_all'] })).toBe(2)
  })
})
