import { isId } from '@acme/schema'
import { backendMetadataBody, createUserBody, type DeletedJson, updateUserBody } from '@acme/schema/wire'
import { Hono } from 'hono'
import { notFound } from '../domain/fault.ts'
import type { ChangeMode } from '../domain/metadata.ts'
import { userJson } from '../domain/user-json.ts'
import { changeUserMetadata, createUser, deleteUser, updateUser } from '../domain/users.ts'
import { takesMetadata } from '../http/api-version.ts'
import { commit } from '../http/commit.ts'
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
    show: (user: UserRow) => Reply = toReply,
  ) => reply(await commit(instance, makePlan, show, c.env.repeatable))

  const metadata = (mode: ChangeMode) => async (c: BackendContext) => {
    const id = userId(c)
    const body = validate(backendMetadataBody, c.env.params, 'backend')
    const ifMatch = readPrecondition(c.req.raw, c.env.url)
    return run(c, () => changeUserMetadata(instance, id, body, mode, ifMatch))
  }

  return new Hono<BackendEnv>()
    .get('/', async (c) => {
      const rows = await instance.storage.listUsers(await readUserQuery(instance.storage, c.env.url.searchParams))
      return reply({ json: rows.map((user) => userJson(user, 'backend')) })
    })
    .get('/count', async (c) => {
      const total = await instance.storage.countUsers(readUserFilter(c.env.url.searchParams))
      return reply({ json: { object: 'total_count', total_count: total } })
    })
    .post('/', async (c) => {
      const body = validate(createUserBody, c.env.params, 'backend')
      return run(c, () => createUser(instance, body))
    })
    .get('/:id', async (c) => {
      const id = userId(c)
      const user = await instance.storage.find('users', id)
      if (!user) throw notFound('user', id)
      return reply(toReply(user))
    })
    .patch('/:id', async (c) => {
      const id = userId(c)
      if (!takesMetadata(c.env.apiVersion) && !c.req.header('acme-version')) {
        refuseMetadata(c.env.params, 'PATCH or PUT /v1/users/{id}/metadata')
      }
      const body = validate(updateUserBody, c.env.params, 'backend')
      const ifMatch = readPrecondition(c.req.raw, c.env.url)
      return run(c, () => updateUser(instance, id, body, ifMatch))
    })
    .delete('/:id', async (c) => {
      const id = userId(c)
      const ifMatch = readPrecondition(c.req.raw, c.env.url)
      return run(
        c,
        () => deleteUser(instance, id, ifMatch),
        (user) => ({ json: deletedJson(user) }),
      )
    })
    .patch('/:id/metadata', metadata('merge'))
    .put('/:id/metadata', metadata('replace'))
}

function userId(c: BackendContext): string {
  const id = c.req.param('id') ?? ''
  if (!isId('user', id)) throw notFound('user', id)
  return id
}

function toReply(user: UserRow): Reply {
  return { json: userJson(user, 'backend'), version: user.version }
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
