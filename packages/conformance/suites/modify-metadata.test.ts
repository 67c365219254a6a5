import { createBackend } from '@acme/backend'
import { MetadataConflictError } from '@acme/schema'
import { expect, test } from 'vitest'
import { scaled } from '../scaled.ts'
import { forEachTarget, newName, userOf } from '../targets.ts'

interface Counter {
  public: { count: number }
  unsafe: { count?: number }
}

forEachTarget((world) => {
  test('increments at once by several clients end at exactly their number', async () => {
    const { place } = world()
    const side = scaled(8, 3)
    const clients = Array.from({ length: side }, () =>
      createBackend<Counter>({ secretKey: place.secretKey, apiUrl: place.url }),
    )
    const [first] = clients as [(typeof clients)[0]]
    const { id } = await first.users.createUser({ username: newName(), publicMetadata: { count: 0 } })
    const increments = clients.flatMap(({ users }) =>
      Array.from({ length: side }, () =>
        users.modifyUserMetadata(id, ({ publicMetadata: { count } }) => ({ publicMetadata: { count: count + 1 } }), {
          retries: side * side,
        }),
      ),
    )
    await Promise.all(increments)
    const user = await first.users.getUser(id)
    expect(user.publicMetadata.count).toBe(side * side)
    // One write each: none was made twice.
    expect(user.version).toBe(side * side + 1)
  })

  test('without retries a change meanwhile is a conflict that carries the user as it is now', async () => {
    const { backend } = world()
    const { id } = await backend.users.createUser({ username: newName() })
    const modified = backend.users.modifyUserMetadata(
      id,
      async () => {
        await backend.users.updateUserMetadata(id, { publicMetadata: { from: 'another' } })
        return { publicMetadata: { from: 'us' } }
      },
      { retries: 0 },
    )
    const error = await modified.catch((error: unknown) => error)
    expect(error).toBeInstanceOf(MetadataConflictError)
    expect((error as MetadataConflictError<{ publicMetadata: unknown }>).current?.publicMetadata).toEqual({
      from: 'another',
    })
  })

  test('a browser whose user is old computes again from the fresh one', async () => {
    const { backend, signUp } = world()
    const frontend = await signUp()
    const user = userOf(frontend)
    await backend.users.updateUserMetadata(user.id, { unsafeMetadata: { count: 41 } })
    const modified = await user.modifyMetadata(({ unsafeMetadata }) => ({
      unsafeMetadata: { count: Number(unsafeMetadata['count'] ?? 0) + 1 },
    }))
    expect(modified.unsafeMetadata).toEqual({ count: 42 })
    expect(userOf(frontend).unsafeMetadata).toEqual({ count: 42 })
  })
})
