import { isId } from '@acme/schema'
import { createJwtTemplateBody, type JwtTemplateJson, updateJwtTemplateBody } from '@acme/schema/wire'
import { Hono } from 'hono'
import {
  createTemplate,
  findTemplate,
  listTemplates,
  removeTemplate,
  updateTemplate,
} from '../domain/claims/jwt-templates.ts'
import { notFound } from '../domain/fault.ts'
import { commit } from '../http/commit.ts'
import { validate } from '../http/validate.ts'
import type { Instance } from '../instance.ts'
import type { JwtTemplateRow } from '../storage/rows.ts'
import { type BackendContext, type BackendEnv, reply } from './backend-env.ts'
import { readNumber } from './user-query.ts'

/** `/v1/jwt_templates` of the Backend API: what tokens for others say. */
export function jwtTemplates(instance: Instance): Hono<BackendEnv> {
  const show = (row: JwtTemplateRow) => ({ json: templateJson(row) })
  return new Hono<BackendEnv>()
    .get('/', async (c) => {
      const query = c.env.url.searchParams
      const limit = readNumber('limit', query.get('limit') ?? '10', 1, 500)
      const offset = readNumber('offset', query.get('offset') ?? '0', 0, 1e9)
      const all = (await listTemplates(instance.storage)).map(templateJson)
      const data = all.slice(offset, offset + limit)
      return reply({ json: query.get('paginated') === 'true' ? { data, total_count: all.length } : data })
    })
    .post('/', async (c) => {
      const body = validate(createJwtTemplateBody, c.env.params, 'backend')
      const makePlan = () => createTemplate(instance, body)
      return reply(await commit(instance, { makePlan, toReply: show, repeatable: c.env.repeatable }))
    })
    .get('/:id', async (c) => reply(show(await findTemplate(instance.storage, 'id', templateId(c)))))
    .patch('/:id', async (c) => {
      const id = templateId(c)
      const body = validate(updateJwtTemplateBody, c.env.params, 'backend')
      const makePlan = () => updateTemplate(instance, id, body)
      return reply(await commit(instance, { makePlan, toReply: show, repeatable: c.env.repeatable }))
    })
    .delete('/:id', async (c) => {
      const id = templateId(c)
      const toReply = () => ({ json: { object: 'jwt_template', id, deleted: true } })
      const makePlan = () => removeTemplate(id)
      return reply(await commit(instance, { makePlan, toReply, repeatable: c.env.repeatable }))
    })
}

function templateId(c: BackendContext): string {
  const id = c.req.param('id') ?? ''
  if (!isId('jwtTemplate', id)) throw notFound('JWT template', id)
  return id
}

function templateJson(row: JwtTemplateRow): JwtTemplateJson {
  return {
    object: 'jwt_template',
    id: row.id,
    name: row.name,
    claims: row.claims,
    lifetime: row.lifetime,
    allowed_clock_skew: row.allowedClockSkew,
    custom_signing_key: false,
    signing_algorithm: 'RS256',
    created_at: row.createdAt,
    updated_at: row.updatedAt,
  }
}
