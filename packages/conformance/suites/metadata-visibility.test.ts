import type { Users as UsersOf } from '@acme/backend'
import { canRead, canWrite, kinds, metadataField } from '@acme/schema'
import { expect, test } from 'vitest'
import { forEachTarget, newName, userOf } from '../targets.ts'

type Users = UsersOf<unknown>

forEachTarget((world) => {
  for (const kind of kinds) {
    const field = metadataField(kind)

    const given = { mark: 1 }
    const backendWrites = {
      creates: (users: Users, id: string) =>
        users.createUser({ username: newName(), [field]: given }).then((user) => user.id || id),
      sets: (users: Users, id: string) => users.updateUser(id, { [field]: given }).then(() => id),
      'sets with a name': (users: Users, id: string) =>
        users.updateUser(id, { [field]: given, firstName: 'Ada' }).then(() => id),
      merges: (users: Users, id: string) => users.updateUserMetadata(id, { [field]: given }).then(() => id),
      replaces: (users: Users, id: string) => users.replaceUserMetadata(id, { [field]: given }).then(() => id),
    }
    for (const [operation, write] of Object.entries(backendWrites)) {
      test(`the backend ${operation} ${kind} metadata, and reads it`, async () => {
        expect([canRead('backend', kind), canWrite('backend', kind)]).toEqual([true, true])
        const { users } = world().backend
        const { id } = await users.createUser({ username: newName() })
        const user = await users.getUser(await write(users, id))
        for (const other of kinds) expect(user[metadataField(other)]).toEqual(other === kind ? given : {})
      })
    }

    test(`the frontend ${canRead('frontend', kind) ? 'reads' : 'does not see'} ${kind} metadata`, async () => {
      const frontend = await world().signUp()
      await world().backend.users.updateUser(userOf(frontend).id, { [field]: { mark: 'canary' } })
      const user = await userOf(frontend).reload()
      if (canRead('frontend', kind)) expect(user).toMatchObject({ [field]: { mark: 'canary' } })
      else {
        expect(user).not.toHaveProperty(field)
        expect(JSON.stringify(user)).not.toContain('canary')
      }
    })

    test(`the frontend ${canWrite('frontend', kind) ? 'writes' : 'cannot write'} ${kind} metadata`, async () => {
      const frontend = await world().signUp()
      const { id } = userOf(frontend)
      await world().backend.users.replaceUserMetadata(id, { [field]: { mark: 'old' } })
      const params = { [field]: { mark: 'new' } }
      for (const write of [() => userOf(frontend).update(params), () => userOf(frontend).updateMetadata(params)]) {
        if (canWrite('frontend', kind)) await write()
        else
          await expect(write()).rejects.toMatchObject({
            code: 'form_param_unknown',
            status: 422,
            outcome: 'not_applied',
          })
      }
      const stored = await world().backend.users.getUser(id)
      expect(stored[field]).toEqual({ mark: canWrite('frontend', kind) ? 'new' : 'old' })
    })

    test(`a sign-up ${canWrite('frontend', kind) ? 'sets' : 'cannot set'} ${kind} metadata`, async () => {
      const frontend = world().newFrontend()
      const params = { username: newName(), password: 'correct horse battery', [field]: { mark: 1 } }
      if (canWrite('frontend', kind)) {
        await frontend.signUp.create(params)
        expect((await world().backend.users.getUser(userOf(frontend).id))[field]).toEqual({ mark: 1 })
      } else {
        await expect(frontend.signUp.create(params)).rejects.toMatchObject({ code: 'form_param_unknown' })
        expect(await world().backend.users.getCount({ username: [params.username] })).toBe(0)
      }
    })
  }
})
