import { isId, type Side } from '@acme/schema'
import {
  backendMetadataBody,
  createUserBody,
  type DeletedJson,
  emptyBody,
  removeUserPasswordBody,
  updateUserBody,
  verifyPasswordBody,
} from '@acme/schema/wire'
import { Hono } from 'hono'
import { notFound } from '../domain/fault.ts'
import type { ChangeMode } from '../domain/metadata/metadata.ts'
import { verifyPassword } from '../domain/sign-in/verify-password.ts'
import { type AdmissionChange, changeAdmission } from '../domain/users/admission.ts'
import { removePassword } from '../domain/users/change-password.ts'
import { userJson, userText } from '../domain/users/user-json.ts'
import { changeUserMetadata, createUser, deleteUser, updateUser } from '../domain/users/users.ts'
import { takesMetadata } from '../http/api-version.ts'
import { commit, rowsOf } from '../http/commit.ts'
import { readPrecondition } from '../http/precondition.ts'
import { refuseMetadata } from '../http/refuse-metadata.ts'
import type { Reply } from '../http/reply.ts'
import { validate } from '../http/validate.ts'
import type { Instance } from '../instance.ts'
import type { UserRow } from '../storage/rows.ts'
import type { Transaction } from '../storage/storage.ts'
import { type BackendContext, type BackendEnv, reply } from './backend-env.ts'
import { readUserFilter, readUserQuery } from './user-query.ts'

/** `/v1/users` of the Backend API. */
export function users(instance: Instance): Hono<BackendEnv> {
  const run = async (
    c: BackendContext,
    makePlan: () => Transaction<UserRow> | Promise<Transaction<UserRow>>,
    isSelfContained = false,
  ) => {
    const show = (user: UserRow) => toReply(instance, user, c.env.view)
    const { repeatable } = c.env
    const subject = rowsOf('users')
    return reply(await commit(instance, { makePlan, toReply: show, repeatable, subject, isSelfContained }))
  }

  const metadata = (mode: ChangeMode) => async (c: BackendContext) => {
    const id = userId(c)
    const body = validate(backendMetadataBody, c.env.params, 'backend')
    const ifMatch = readPrecondition(c.req.raw, c.env.url)
    return run(c, () => changeUserMetadata(instance, c.env.actor, id, body, mode, ifMatch), true)
  }

  const find = async (c: BackendContext): Promise<UserRow> => {
    const id = userId(c)
    const user = await instance.storage.find('users', id)
    if (!user) throw notFound('user', id)
    return user
  }

  const admission = (kind: AdmissionChange) => async (c: BackendContext) => {
    const id = userId(c)
    validate(emptyBody, c.env.params, 'backend')
    return run(c, () => changeAdmission(instance, c.env.actor, id, kind))
  }

  return new Hono<BackendEnv>()
    .get('/', async (c) => {
      const rows = await instance.storage.listUsers(await readUserQuery(instance, c.env.url.searchParams))
      return reply({ json: rows.map((user) => userJson(user, c.env.view, instance.clock())) })
    })
    .get('/count', async (c) => {
      const total = await instance.storage.countUsers(await readUserFilter(instance, c.env.url.searchParams))
      return reply({ json: { object: 'total_count', total_count: total } })
    })
    .post('/', async (c) => {
      const body = validate(createUserBody, c.env.params, 'backend')
      return run(c, () => createUser(instance, c.env.actor, body))
    })
    .get('/:id', async (c) => {
      return reply(toReply(instance, await find(c), c.env.view))
    })
    .patch('/:id', async (c) => {
      const id = userId(c)
      if (!takesMetadata(c.env.apiVersion) && !c.req.header('acme-version')) {
        refuseMetadata(c.env.params, 'PATCH or PUT /v1/users/{id}/metadata')
      }
      const body = validate(updateUserBody, c.env.params, 'backend')
      const ifMatch = readPrecondition(c.req.raw, c.env.url)
      return run(c, () => updateUser(instance, c.env.actor, id, body, ifMatch))
    })
    .delete('/:id', async (c) => {
      const id = userId(c)
      const ifMatch = readPrecondition(c.req.raw, c.env.url)
      const makePlan = () => deleteUser(instance, c.env.actor, id, ifMatch)
      const show = (user: UserRow) => ({ json: deletedJson(user) })
      return reply(await commit(instance, { makePlan, toReply: show, repeatable: c.env.repeatable }))
    })
    .patch('/:id/metadata', metadata('merge'))
    .put('/:id/metadata', metadata('replace'))
    .post('/:id/ban', admission('ban'))
    .post('/:id/unban', admission('unban'))
    .post('/:id/lock', admission('lock'))
    .post('/:id/unlock', admission('unlock'))
    .post('/:id/remove_password', async (c) => {
      const id = userId(c)
      const { sign_out_of_other_sessions: ends = false } = validate(removeUserPasswordBody, c.env.params, 'backend')
      return run(c, () => removePassword(instance, c.env.actor, id, ends))
    })
    .post('/:id/verify_password', async (c) => {
      const user = await find(c)
      await verifyPassword(instance, user, validate(verifyPasswordBody, c.env.params, 'backend').password)
      return reply({ json: { verified: true } })
    })
}

/** The id of the user that a path names. @throws Fault 404 */
export function userId(c: BackendContext): string {
  const id = c.req.param('id') ?? ''
  if (!isId('user', id)) throw notFound('user', id)
  return id
}

/** Shows a user. */
export function toReply(instance: Instance, user: UserRow, view: Side): Reply {
  return { text: userText(user, view, instance.clock()), version: user.version }
}

/** Shows that a user is gone. */
export function deletedJson(user: UserRow): DeletedJson {
  return {
    object: 'user',
    id: user.id,
    deleted: true,
    ...(user.externalId !== null && { external_id: user.externalId }),
  }
}
