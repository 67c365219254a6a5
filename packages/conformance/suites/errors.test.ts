import { createBackend } from '@acme/backend'
import { isAcmeError } from '@acme/schema'
import { expect, test } from 'vitest'
import { forEachTarget, newName, userOf } from '../targets.ts'

forEachTarget((world) => {
  test('an unknown user, a taken name, a wrong key and a wrong id each have their code', async () => {
    const { users } = world().backend
    const username = newName()
    await users.createUser({ username })
    await expect(users.getUser('user_nobody')).rejects.toMatchObject({ code: 'resource_not_found', status: 404 })
    await expect(users.createUser({ username: username.toUpperCase() })).rejects.toMatchObject({
      code: 'form_identifier_exists',
      status: 422,
      errors: [{ param: 'username' }],
    })
    await expect(users.getUser('user_1#x')).rejects.toMatchObject({ code: 'id_invalid', attempts: 0 })
    const stranger = createBackend<unknown>({ secretKey: 'sk_test_somebody_else', apiUrl: world().place.url })
    const error = await stranger.users.getCount().catch((e) => e)
    expect(error).toMatchObject({ code: 'clerk_key_invalid', status: 401, retryable: false })
    expect(isAcmeError(error)).toBe(true)
    expect(error.traceId).toMatch(/^[0-9a-f]{32}$/)
    expect(JSON.stringify(error) + error.stack).not.toContain('somebody_else')
  })

  test('what is not metadata is refused before it is sent, with its path', async () => {
    const { users } = world().backend
    const { id } = await users.createUser({ username: newName() })
    const bad: unknown[] = [new Date(), Number.NaN, 1n, 'a\0', '\ud800', () => 1, new Map(), [undefined]]
    for (const value of bad) {
      const error = await users
        .updateUserMetadata(id, { publicMetadata: { deep: [{ value }] } } as never)
        .catch((e) => e)
      expect(error).toMatchObject({ code: 'form_param_value_invalid', kind: 'public', attempts: 0 })
      expect(error.issues[0].path.slice(0, 3)).toEqual(['deep', 0, 'value'])
    }
    const polluting = JSON.parse('{"__proto__":{"polluted":true}}')
    await expect(users.updateUserMetadata(id, { publicMetadata: polluting })).rejects.toMatchObject({
      issues: [{ path: ['__proto__'] }],
    })
    expect(await users.getUser(id)).toMatchObject({ publicMetadata: {}, version: 1 })
  })

  test('a conditional write is refused when the user has changed, and tells how the user is now', async () => {
    const frontend = await world().signUp()
    const { id, version } = userOf(frontend)
    await world().backend.users.updateUserMetadata(id, {
      publicMetadata: { n: 1 },
      privateMetadata: { secret: 'canary' },
    })
    const inPage = await userOf(frontend)
      .updateMetadata({ unsafeMetadata: { a: 1 } }, { ifMatch: version as number })
      .catch((e) => e)
    expect(inPage).toMatchObject({ code: 'version_conflict', status: 412, current: { publicMetadata: { n: 1 } } })
    expect(JSON.stringify(inPage)).not.toContain('canary')
    // What the conflict told is known from then on.
    expect(frontend.user?.publicMetadata).toEqual({ n: 1 })
    const onServer = await world()
      .backend.users.updateUser(id, { firstName: 'x' }, { ifMatch: 1 })
      .catch((e) => e)
    expect(onServer.current.privateMetadata).toEqual({ secret: 'canary' })
    expect(JSON.stringify(onServer)).not.toContain('canary')
    const now = onServer.current.version
    expect(await world().backend.users.updateUser(id, { firstName: 'x' }, { ifMatch: now })).toMatchObject({
      version: now + 1,
    })
  })

  test('a write that is repeated when what it made is gone is known to have been applied', async () => {
    const { users } = world().backend
    const options = { idempotencyKey: newName() }
    const params = { username: newName() }
    const { id } = await users.createUser(params, options)
    await users.deleteUser(id)
    await expect(users.createUser(params, options)).rejects.toMatchObject({
      code: 'idempotency_reply_gone',
      status: 410,
      outcome: 'applied',
    })
  })

  test('a write that is repeated under one idempotency key happens once', async () => {
    const { users } = world().backend
    const { id } = await users.createUser({ username: newName() })
    const options = { idempotencyKey: newName() }
    const first = await users.updateUserMetadata(id, { publicMetadata: { a: 1 } }, options)
    expect(await users.updateUserMetadata(id, { publicMetadata: { a: 1 } }, options)).toEqual(first)
    await expect(users.updateUserMetadata(id, { publicMetadata: { a: 2 } }, options)).rejects.toMatchObject({
      code: 'idempotency_key_reused',
    })
    expect(await users.getUser(id)).toMatchObject({ version: 2 })
  })
})
