import { isId, kinds, metadataParam } from '@acme/schema'
import { emptyBody, migrateUserBody, migrationBody, migrationNextBody } from '@acme/schema/wire'
import { Hono } from 'hono'
import { assertUsableClaims } from '../domain/claims/assert-claims.ts'
import { notFound } from '../domain/fault.ts'
import { jobJson } from '../domain/jobs/job-json.ts'
import { assertUsableOptions } from '../domain/metadata/indexes/declared-indexes.ts'
import type { AllMetadata } from '../domain/metadata/metadata.ts'
import { assertUsableSchemas } from '../domain/metadata/metadata-schemas.ts'
import { beginMigration, finishMigration, migrateUser, nextUsers } from '../domain/metadata/migrations.ts'
import { userJson } from '../domain/users/user-json.ts'
import { commit, rowsOf } from '../http/commit.ts'
import { readPrecondition } from '../http/precondition.ts'
import { validate } from '../http/validate.ts'
import type { Instance } from '../instance.ts'
import type { JobRow } from '../storage/rows.ts'
import { type BackendContext, type BackendEnv, reply } from './backend-env.ts'
import { toReply } from './users.ts'

/** `/v1/metadata_migrations` of the Backend API: how the metadata of all users is brought to another form. */
export function metadataMigrations(instance: Instance): Hono<BackendEnv> {
  const show = (job: JobRow) => ({ json: jobJson(job) })
  const run = (c: BackendContext, makePlan: () => ReturnType<typeof finishMigration>) =>
    commit(instance, { makePlan, toReply: show, repeatable: c.env.repeatable, subject: rowsOf('jobs') })

  return new Hono<BackendEnv>()
    .post('/', async (c) => {
      const body = validate(migrationBody, c.env.params, 'backend')
      assertUsableSchemas(body.from)
      assertUsableSchemas(body.to)
      const { options = {}, allow_large_claims: mayBeLarge = false } = body
      assertUsableOptions(options)
      if (options.claims) assertUsableClaims(options.claims, body.to, mayBeLarge)
      return reply(await run(c, () => beginMigration(instance, body)))
    })
    .post('/:id/next', async (c) => {
      const body = validate(migrationNextBody, c.env.params, 'backend')
      const { job, users, position, hasMore } = await nextUsers(instance, jobId(c), body)
      const data = users.map(({ user, by, before }) => ({
        user: userJson(user, c.env.view, instance.clock()),
        by,
        before: before ? metadataJson(before) : null,
      }))
      return reply({ json: { job: jobJson(job), data, position, has_more: hasMore } })
    })
    .put('/:id/users/:user', async (c) => {
      const body = validate(migrateUserBody, c.env.params, 'backend')
      const userId = c.req.param('user')
      if (!isId('user', userId)) throw notFound('user', userId)
      const ifMatch = readPrecondition(c.req.raw, c.env.url)
      const id = jobId(c)
      const done = await commit(instance, {
        makePlan: () => migrateUser(instance, c.env.actor, id, userId, body, ifMatch),
        toReply: (user) => toReply(instance, user, c.env.view),
        repeatable: c.env.repeatable,
        subject: rowsOf('users'),
      })
      return reply(done)
    })
    .post('/:id/finish', async (c) => {
      validate(emptyBody, c.env.params, 'backend')
      const id = jobId(c)
      return reply(await run(c, () => finishMigration(instance, id)))
    })
}

function jobId(c: BackendContext): string {
  const id = c.req.param('id') ?? ''
  if (!isId('job', id)) throw notFound('migration', id)
  return id
}

function metadataJson(metadata: Partial<AllMetadata>): object {
  return Object.fromEntries(kinds.flatMap((kind) => (metadata[kind] ? [[metadataParam(kind), metadata[kind]]] : [])))
}
