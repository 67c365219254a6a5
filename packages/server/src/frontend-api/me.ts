import { frontendMetadataBody, updateMeBody } from '@acme/schema/wire'
import { Hono } from 'hono'
import type { ChangeMode } from '../domain/metadata/metadata.ts'
import { userText } from '../domain/users/user-json.ts'
import { changeUserMetadata, deleteUser, updateUser } from '../domain/users/users.ts'
import { takesMetadata } from '../http/api-version.ts'
import { commit, rowsOf } from '../http/commit.ts'
import { readPrecondition } from '../http/precondition.ts'
import { refuseMetadata } from '../http/refuse-metadata.ts'
import type { Reply } from '../http/reply.ts'
import { validate } from '../http/validate.ts'
import type { Instance } from '../instance.ts'
import type { UserRow } from '../storage/rows.ts'
import type { Transaction } from '../storage/storage.ts'
import { envelope } from './envelope.ts'
import { events } from './events.ts'
import {
  type FrontendContext,
  type FrontendEnv,
  repeatableOf,
  requireSession,
  sessionIdOf,
  signedOut,
} from './frontend-env.ts'

/** `/v1/me`: the signed-in user. */
export function me(instance: Instance): Hono<FrontendEnv> {
  /** The user of the session that the request names, or of the one in front. */
  const userId = async (c: FrontendContext): Promise<string> => {
    const session = await requireSession(instance, c)
    c.env.actor = { ...c.env.actor, sessionId: session.id }
    return session.userId
  }

  const run = async (
    c: FrontendContext,
    makePlan: (id: string) => Transaction<UserRow> | Promise<Transaction<UserRow>>,
  ) => {
    // Who is no longer signed in is not shown again what they wrote.
    const id = await userId(c)
    const done = await commit(instance, {
      makePlan: () => makePlan(id),
      toReply: (user) => toReply(instance, user),
      repeatable: await repeatableOf(c, id),
      subject: rowsOf('users'),
    })
    return envelope(instance, c, done)
  }

  const metadata = (mode: ChangeMode) => async (c: FrontendContext) => {
    const body = validate(frontendMetadataBody, c.env.params, 'frontend')
    const ifMatch = readPrecondition(c.req.raw, c.env.url)
    return run(c, (id) => changeUserMetadata(instance, c.env.actor, id, body, mode, ifMatch))
  }

  return new Hono<FrontendEnv>()
    .get('/', async (c) => {
      const user = await instance.storage.find('users', await userId(c))
      if (!user) throw signedOut()
      return envelope(instance, c, toReply(instance, user))
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
          const id = await userId(c)
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

function toReply(instance: Instance, user: UserRow): Reply {
  return { text: userText(user, 'frontend', instance.clock()), version: user.version }
}
