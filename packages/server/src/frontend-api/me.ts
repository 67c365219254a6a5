import { frontendMetadataBody, updateMeBody } from '@acme/schema/wire'
import { Hono } from 'hono'
import type { ChangeMode } from '../domain/metadata/metadata.ts'
import { changeUserMetadata, deleteUser, updateUser } from '../domain/users/users.ts'
import { takesMetadata } from '../http/api-version.ts'
import { commit } from '../http/commit.ts'
import { readPrecondition } from '../http/precondition.ts'
import { refuseMetadata } from '../http/refuse-metadata.ts'
import { validate } from '../http/validate.ts'
import type { Instance } from '../instance.ts'
import type { UserRow } from '../storage/rows.ts'
import type { Transaction } from '../storage/storage.ts'
import { actingSession, changeMe, meReply } from './change-me.ts'
import { envelope } from './envelope.ts'
import { events } from './events.ts'
import { type FrontendContext, type FrontendEnv, repeatableOf, sessionIdOf, signedOut } from './frontend-env.ts'

/** `/v1/me`: the signed-in user. */
export function me(instance: Instance): Hono<FrontendEnv> {
  const run = (c: FrontendContext, makePlan: (id: string) => Transaction<UserRow> | Promise<Transaction<UserRow>>) =>
    changeMe(instance, c, ({ userId }) => makePlan(userId))

  const metadata = (mode: ChangeMode) => async (c: FrontendContext) => {
    const body = validate(frontendMetadataBody, c.env.params, 'frontend')
    const ifMatch = readPrecondition(c.req.raw, c.env.url)
    return run(c, (id) => changeUserMetadata(instance, c.env.actor, id, body, mode, ifMatch))
  }

  return new Hono<FrontendEnv>()
    .get('/', async (c) => {
      const user = await instance.storage.find('users', (await actingSession(instance, c)).userId)
      if (!user) throw signedOut()
      return envelope(instance, c, meReply(instance, user))
    })
    .get('/events', events(instance))
    .patch('/', async (c) => {
      const body = validate(updateMeBody, c.env.params, 'frontend')
      if (!takesMetadata(c.env.apiVersion)) refuseMetadata(c.env.params, 'PATCH or PUT /v1/me/metadata')
      const ifMatch = readPrecondition(c.req.raw, c.env.url)
      return run(c, (id) => updateUser(instance, c.env.actor, id, body, ifMatch))
    })
    .delete('/', async (c) => {
      const ifMatch = readPrecondition(c.req.raw, c.env.url)
      const done = await commit(instance, {
        makePlan: async () => {
          const { userId: id } = await actingSession(instance, c)
          return deleteUser(instance, c.env.actor, id, ifMatch)
        },
        toReply: (user) => ({ json: { object: 'user', id: user.id, deleted: true } }),
        // The session is over by the second time, but still named.
        repeatable: await repeatableOf(c, sessionIdOf(c)),
      })
      return envelope(instance, c, done)
    })
    .patch('/metadata', metadata('merge'))
    .put('/metadata', metadata('replace'))
}
