import { expect, test } from 'vitest'
import { forEachTarget, newName, userOf } from '../targets.ts'

forEachTarget((world) => {
  test('a merge keeps, replaces, adds and deletes at every depth; arrays are replaced whole', async () => {
    const { users } = world().backend
    const before = { keep: 1, deep: { keep: [1, 2], drop: true, change: 'a' }, list: [1, { a: 1 }], gone: 1 }
    const user = await users.createUser({ username: newName(), publicMetadata: before })
    const patch = { deep: { drop: null, change: 'b', add: {} }, list: [3], gone: null, toString: 'own' }
    const merged = await users.updateUserMetadata(user.id, { publicMetadata: patch })
    const expected = { keep: 1, deep: { keep: [1, 2], change: 'b', add: {} }, list: [3], toString: 'own' }
    expect(merged.publicMetadata).toEqual(expected)
    expect((await users.getUser(user.id)).publicMetadata).toEqual(expected)
  })

  test('a replace sets the kinds that are given as they are, nulls included, and leaves the others', async () => {
    const { users } = world().backend
    const user = await users.createUser({ username: newName(), publicMetadata: { a: 1 }, privateMetadata: { b: 1 } })
    const replaced = await users.replaceUserMetadata(user.id, { publicMetadata: { n: null, deep: { n: null } } })
    expect(replaced.publicMetadata).toEqual({ n: null, deep: { n: null } })
    expect(replaced.privateMetadata).toEqual({ b: 1 })
  })

  test('names and metadata are set in one write', async () => {
    const { users } = world().backend
    const user = await users.createUser({ username: newName() })
    const updated = await users.updateUser(user.id, {
      firstName: 'Ada',
      publicMetadata: { a: 1 },
      privateMetadata: { b: 2 },
    })
    expect(updated).toMatchObject({ firstName: 'Ada', publicMetadata: { a: 1 }, version: 2 })
    const error = await users
      .updateUser(user.id, { firstName: 'Bea', publicMetadata: { a: 'x'.repeat(9_000) } })
      .catch((e) => e)
    expect(error).toMatchObject({ code: 'form_param_exceeds_allowed_size' })
    expect(await users.getUser(user.id)).toMatchObject({ firstName: 'Ada', version: 2 })
  })

  test('in the browser update sets and updateMetadata merges', async () => {
    const frontend = await world().signUp()
    await userOf(frontend).update({ unsafeMetadata: { a: 1, deep: { x: null, y: 2 } }, firstName: 'Ada' })
    expect(frontend.user).toMatchObject({ firstName: 'Ada', unsafeMetadata: { a: 1, deep: { x: null, y: 2 } } })
    await userOf(frontend).updateMetadata({ unsafeMetadata: { a: null, deep: { y: 3 } } })
    expect(frontend.user?.unsafeMetadata).toEqual({ deep: { x: null, y: 3 } })
    await userOf(frontend).update({ unsafeMetadata: {} })
    expect(frontend.user?.unsafeMetadata).toEqual({})
  })

  test('merges that arrive together all survive', async () => {
    const { users } = world().backend
    const user = await users.createUser({ username: newName() })
    const keys = Array.from({ length: 20 }, (_, index) => `k${index}`)
    await Promise.all(keys.map((key) => users.updateUserMetadata(user.id, { publicMetadata: { [key]: true } })))
    expect(Object.keys((await users.getUser(user.id)).publicMetadata).sort()).toEqual([...keys].sort())
  })
})
