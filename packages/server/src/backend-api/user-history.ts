import { restoreMetadataBody } from '@acme/schema/wire'
import { Hono } from 'hono'
import { changeJson } from '../domain/changes/change-json.ts'
import { findVersion, versionJson } from '../domain/changes/find-version.ts'
import { restoreMetadata } from '../domain/changes/restore-metadata.ts'
import { notFound } from '../domain/fault.ts'
import { commit, rowsOf } from '../http/commit.ts'
import { readPrecondition } from '../http/precondition.ts'
import { validate } from '../http/validate.ts'
import type { Instance } from '../instance.ts'
import { type BackendContext, type BackendEnv, reply } from './backend-env.ts'
import { readNumber } from './user-query.ts'
import { toReply, userId } from './users.ts'

/** `/v1/users/{id}/changes` and `/v1/users/{id}/versions` of the Backend API: what a user was, and who changed it. */
export function userHistory(instance: Instance): Hono<BackendEnv> {
  return new Hono<BackendEnv>()
    .get('/:id/changes', async (c) => {
      const id = userId(c)
      const query = c.env.url.searchParams
      const limit = readNumber('limit', query.get('limit') ?? '10', 1, 100)
      const given = query.get('before')
      const before = given === null ? undefined : readNumber('before', given, 0, Number.MAX_SAFE_INTEGER)
      // Where nothing is kept, what is there is on its way to be told.
      const isKept = instance.history.lifetime > 0
      const changes = isKept ? await instance.storage.listChanges(id, { before, limit }) : []
      // Of who is deleted it may be kept that they were.
      if (changes.length === 0 && !(await instance.storage.find('users', id))) throw notFound('user', id)
      return reply({ json: changes.map((change) => changeJson(change, 'backend')) })
    })
    .get('/:id/versions/:version', async (c) => {
      const found = await findVersion(instance, userId(c), version(c))
      return reply({ json: versionJson(found, 'backend') })
    })
    .post('/:id/versions/:version/restore', async (c) => {
      const { kinds } = validate(restoreMetadataBody, c.env.params, 'backend')
      const [id, earlier, ifMatch] = [userId(c), version(c), readPrecondition(c.req.raw, c.env.url)]
      const done = await commit(instance, {
        makePlan: () => restoreMetadata(instance, c.env.actor, id, earlier, kinds, ifMatch),
        toReply: (user) => toReply(instance, user, c.env.view),
        repeatable: c.env.repeatable,
        subject: rowsOf('users'),
      })
      return reply(done)
    })
}

function version(c: BackendContext): number {
  const text = c.req.param('version') ?? ''
  if (!/^\d{1,15}$/.test(text)) throw notFound('version', text)
  return Number(text)
}
