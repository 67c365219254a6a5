import { metadataSchemasBody, metadataSchemasCheckBody } from '@acme/schema/wire'
import { Hono } from 'hono'
import { fault } from '../domain/fault.ts'
import {
  activeSchemas,
  assertNoneBroken,
  assertUsableSchemas,
  checkSchemas,
  listSchemas,
  pushSchemas,
  rollbackSchemas,
} from '../domain/metadata/metadata-schemas.ts'
import { commit } from '../http/commit.ts'
import type { Reply } from '../http/reply.ts'
import { validate } from '../http/validate.ts'
import type { Instance } from '../instance.ts'
import type { MetadataSchemasRow } from '../storage/rows.ts'
import { type BackendEnv, reply } from './backend-env.ts'

/** `/v1/metadata_schemas` of the Backend API: the rules this server enforces on every write of metadata. */
export function metadataSchemas(instance: Instance): Hono<BackendEnv> {
  return new Hono<BackendEnv>()
    .get('/', async () => {
      const active = await instance.storage.find(activeSchemas.collection, activeSchemas.id)
      const versions = await listSchemas(instance, active?.latest ?? 0)
      const list = versions.map(({ version, createdAt }) => ({ version, created_at: createdAt }))
      return reply({ json: { ...schemasJson(active), versions: list } })
    })
    .put('/', async (c) => {
      const { schemas, version, force } = validate(metadataSchemasBody, c.env.params, 'backend')
      if ((schemas === undefined) === (version === undefined))
        throw fault(422, 'form_data_missing', 'missing data', 'Give schemas to push, or a version to go back to.')
      const makePlan = async () => {
        const wanted =
          version === undefined ? schemas : (await instance.storage.find('metadataSchemas', `${version}`))?.schemas
        assertUsableSchemas(wanted ?? {})
        if (!force) assertNoneBroken(await checkSchemas(instance, wanted ?? {}))
        return version === undefined ? pushSchemas(instance, schemas ?? {}) : rollbackSchemas(version)
      }
      return reply(await commit(instance, { makePlan, toReply, repeatable: c.env.repeatable }))
    })
    .post('/check', async (c) => {
      const { schemas } = validate(metadataSchemasCheckBody, c.env.params, 'backend')
      assertUsableSchemas(schemas)
      return reply({ json: { object: 'metadata_schemas_check', ...(await checkSchemas(instance, schemas)) } })
    })
}

function toReply(row: MetadataSchemasRow): Reply {
  return { json: schemasJson(row) }
}

function schemasJson(row: MetadataSchemasRow | undefined): object {
  return { object: 'metadata_schemas', version: row?.version ?? 0, schemas: row?.schemas ?? {} }
}
