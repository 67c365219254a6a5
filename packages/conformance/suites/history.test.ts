import { createBackend, type UserChange, type UserChangeParams } from '@acme/backend'
import { MetadataConflictError, MetadataTooLargeError } from '@acme/schema'
import { expect, test } from 'vitest'
import { forEachTarget, newName, userOf } from '../targets.ts'

forEachTarget((world) => {
  async function historyOf(userId: string, params?: UserChangeParams): Promise<readonly UserChange[]> {
    const changes: UserChange[] = []
    for await (const change of world().backend.users.listChanges(userId, params)) changes.push(change)
    return changes
  }

  test('what changed about a user is listed, newest first, with what it did and who did it', async () => {
    const { users } = world().backend
    const frontend = await world().signUp()
    const { id } = userOf(frontend)
    await users.updateUser(id, { firstName: 'Ada', publicMetadata: { plan: 'free' }, privateMetadata: { n: null } })
    await userOf(frontend).reload()
    await userOf(frontend).updateMetadata({ unsafeMetadata: { theme: 'dark' } })
    const [third, second, first, ...others] = await historyOf(id)
    expect(others).toEqual([])
    expect(third).toMatchObject({
      userId: id,
      version: 3,
      action: 'update',
      side: 'frontend',
      keyId: null,
      sessionId: expect.stringMatching(/^sess_/),
      fields: ['unsafe_metadata'],
      unsafeMetadata: { forward: { merge: { theme: 'dark' } }, backward: { merge: { theme: null } } },
    })
    expect(second).toMatchObject({
      version: 2,
      side: 'backend',
      keyId: expect.any(String),
      sessionId: null,
      traceId: expect.any(String),
      fields: ['first_name', 'private_metadata', 'public_metadata'],
      publicMetadata: { forward: { merge: { plan: 'free' } }, backward: { merge: { plan: null } } },
    })
    expect(second?.privateMetadata).toEqual({ forward: { replace: { n: null } }, backward: { merge: { n: null } } })
    expect(first).toMatchObject({ version: 1, action: 'create', createdAt: expect.any(Date) })
    expect(first?.publicMetadata).toBeUndefined()
  })

  test('a long history is listed whole, page by page, or from a version back', async () => {
    const { users } = world().backend
    const { id } = await users.createUser({ username: newName() })
    const values = Array.from({ length: 209 }, (_, index) => index)
    const updated = await Promise.all(values.map((value) => users.updateUser(id, { publicMetadata: { value } })))
    const versions = (await historyOf(id)).map(({ version }) => version)
    expect(versions).toEqual(Array.from({ length: 210 }, (_, index) => 210 - index))
    expect((await historyOf(id, { before: 4 })).map(({ version }) => version)).toEqual([3, 2, 1])
    const seventh = updated.find(({ version }) => version === 7)
    expect((await users.getVersion(id, 7)).publicMetadata).toEqual(seventh?.publicMetadata)
  })

  test('metadata is read as it was at every version, and since when', async () => {
    const { users } = world().backend
    const created = await users.createUser({ username: newName(), publicMetadata: { plan: 'free' } })
    const { id } = created
    await users.updateUserMetadata(id, { publicMetadata: { plan: 'pro' }, privateMetadata: { a: { b: 1 } } })
    const changed = await users.replaceUserMetadata(id, { privateMetadata: { a: null } })
    const first = await users.getVersion(id, 1)
    expect(first).toMatchObject({ userId: id, version: 1, createdAt: created.updatedAt, unsafeMetadata: {} })
    expect([first.publicMetadata, first.privateMetadata]).toEqual([{ plan: 'free' }, {}])
    const second = await users.getVersion(id, 2)
    expect([second.publicMetadata, second.privateMetadata]).toEqual([{ plan: 'pro' }, { a: { b: 1 } }])
    const third = await users.getVersion(id, 3)
    expect([third.privateMetadata, third.createdAt]).toEqual([{ a: null }, changed.updatedAt])
  })

  test('a version that is not there, and a user who is not, are told apart', async () => {
    const { users } = world().backend
    const { id } = await users.createUser({ username: newName() })
    const notKept = { code: 'version_not_kept', status: 404, message: expect.stringContaining('1 to 1') }
    await expect(users.getVersion(id, 2)).rejects.toMatchObject(notKept)
    await expect(users.getVersion(id, 0)).rejects.toMatchObject(notKept)
    await expect(users.restoreMetadata(id, 2)).rejects.toMatchObject(notKept)
    const nobody = { code: 'resource_not_found', status: 404 }
    await expect(users.getVersion('user_nobody', 1)).rejects.toMatchObject(nobody)
    await expect(users.restoreMetadata('user_nobody', 1)).rejects.toMatchObject(nobody)
    await expect(historyOf('user_nobody')).rejects.toMatchObject(nobody)
    await expect(historyOf('../users')).rejects.toMatchObject({ code: 'id_invalid' })
  })

  test('restoring sets the kinds that are asked for to what they were, as one change more', async () => {
    const { users } = world().backend
    const before = { publicMetadata: { plan: 'free', deep: { a: null } }, privateMetadata: { a: 1 } }
    const { id } = await users.createUser({ username: newName(), ...before })
    await users.replaceUserMetadata(id, { publicMetadata: { plan: 'pro' }, privateMetadata: { b: 2 } })
    const some = await users.restoreMetadata(id, 1, { kinds: ['public'] })
    expect(some).toMatchObject({ version: 3, publicMetadata: before.publicMetadata })
    expect(some.privateMetadata).toEqual({ b: 2 })
    const all = await users.restoreMetadata(id, 1)
    expect([all.version, all.publicMetadata, all.privateMetadata]).toEqual([
      4,
      before.publicMetadata,
      before.privateMetadata,
    ])
    const undone = await users.restoreMetadata(id, 2)
    expect([undone.publicMetadata, undone.privateMetadata]).toEqual([{ plan: 'pro' }, { b: 2 }])
    expect((await historyOf(id)).map(({ fields }) => fields.join())).toEqual([
      'private_metadata,public_metadata',
      'private_metadata',
      'public_metadata',
      'private_metadata,public_metadata',
      'username,private_metadata,public_metadata',
    ])
  })

  test('restoring is refused where the user was changed meanwhile, and changes nothing', async () => {
    const { users } = world().backend
    const { id } = await users.createUser({ username: newName(), publicMetadata: { n: 1 } })
    await users.updateUser(id, { publicMetadata: { n: 2 } })
    const late = users.restoreMetadata(id, 1, { ifMatch: 1 })
    await expect(late).rejects.toBeInstanceOf(MetadataConflictError)
    expect(await historyOf(id)).toHaveLength(2)
    expect(await users.restoreMetadata(id, 1, { ifMatch: 2 })).toMatchObject({ version: 3, publicMetadata: { n: 1 } })
  })

  test('a restore that is repeated under its key is done once; what is refused leaves no change', async () => {
    const { users } = world().backend
    const { id } = await users.createUser({ username: newName(), publicMetadata: { n: 1 } })
    await users.updateUser(id, { publicMetadata: { n: 2 } })
    const idempotencyKey = `restore ${id}`
    const first = await users.restoreMetadata(id, 1, { idempotencyKey })
    const again = await users.restoreMetadata(id, 1, { idempotencyKey })
    expect([first.version, again.version]).toEqual([3, 3])
    const tooLarge = users.updateUser(id, { publicMetadata: { text: 'x'.repeat(9_000) } })
    await expect(tooLarge).rejects.toBeInstanceOf(MetadataTooLargeError)
    expect(await historyOf(id)).toHaveLength(3)
  })

  test('of a user who is deleted that is left in the history, and no version', async () => {
    const { users } = world().backend
    const { id } = await users.createUser({ username: newName(), privateMetadata: { canary: 'canary' } })
    await users.deleteUser(id)
    const history = await historyOf(id)
    expect(history).toMatchObject([{ version: 2, action: 'delete', fields: [], side: 'backend' }])
    expect(history[0]?.toJSON({ includePrivate: true }).privateMetadata).toBeUndefined()
    await expect(users.getVersion(id, 1)).rejects.toMatchObject({ code: 'resource_not_found' })
  })
})

forEachTarget((world) => {
  test('what was is judged by the rules of today', async () => {
    const { place } = world()
    const { users } = createBackend<unknown>({ secretKey: place.secretKey, apiUrl: place.url })
    const { id } = await users.createUser({
      username: newName(),
      publicMetadata: { plan: 'gold' },
      unsafeMetadata: { old: 1 },
    })
    await users.replaceUserMetadata(id, { publicMetadata: { plan: 'pro' }, privateMetadata: { a: 1 } })
    const push = (schemas: object) =>
      fetch(`${place.url}/v1/metadata_schemas`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${place.secretKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({ schemas, force: true }),
      })
    // What is stored of the unsafe metadata breaks them, too; it is as it was.
    const schemas = { public: { properties: { plan: { enum: ['free', 'pro'] } } }, unsafe: { maxProperties: 0 } }
    expect((await push(schemas)).status).toBe(200)
    await expect(users.restoreMetadata(id, 1)).rejects.toMatchObject({
      kind: 'public',
      issues: [{ path: ['plan'] }],
    })
    expect(await users.restoreMetadata(id, 1, { kinds: ['private'] })).toMatchObject({ version: 3 })
    expect((await push({})).status).toBe(200)
    expect(await users.restoreMetadata(id, 1)).toMatchObject({ version: 4, publicMetadata: { plan: 'gold' } })
  })
})
