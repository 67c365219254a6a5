import { isId } from '@acme/schema'
import { bulkAdmissionBody } from '@acme/schema/wire'
import { Hono } from 'hono'
import { notFound } from '../domain/fault.ts'
import { changeAdmissions } from '../domain/users/admission.ts'
import { userJson } from '../domain/users/user-json.ts'
import { commit } from '../http/commit.ts'
import { validate } from '../http/validate.ts'
import type { Instance } from '../instance.ts'
import type { UserRow } from '../storage/rows.ts'
import { type BackendContext, type BackendEnv, reply } from './backend-env.ts'

/** `POST /v1/users/ban` and `/v1/users/unban` of the Backend API: all of them or none. */
export function bulkAdmission(instance: Instance): Hono<BackendEnv> {
  const change = (kind: 'ban' | 'unban') => async (c: BackendContext) => {
    const { user_ids: ids } = validate(bulkAdmissionBody, c.env.params, 'backend')
    const odd = ids.find((id) => !isId('user', id))
    if (odd !== undefined) throw notFound('user', odd)
    const makePlan = () => changeAdmissions(instance, c.env.actor, ids, kind)
    const now = instance.clock()
    const toReply = (users: readonly UserRow[]) => ({ json: users.map((user) => userJson(user, c.env.view, now)) })
    // Nothing of a user is kept to be shown again: that they are banned, or are not, comes to the same twice.
    return reply(await commit(instance, { makePlan, toReply, repeatable: undefined }))
  }
  return new Hono<BackendEnv>().post('/ban', change('ban')).post('/unban', change('unban'))
}
