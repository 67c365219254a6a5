import { Hono } from 'hono'
import { listJobs } from '../domain/jobs/job-list.ts'
import { activeSchemas } from '../domain/metadata/metadata-schemas.ts'
import { overviewJson } from '../domain/overview/overview-json.ts'
import { findWarnings } from '../domain/overview/warnings.ts'
import { listEndpoints } from '../domain/webhooks/endpoints.ts'
import { listDeliveries } from '../domain/webhooks/list-deliveries.ts'
import { serverVersion } from '../http/version.ts'
import type { Instance } from '../instance.ts'
import { type BackendEnv, reply } from './backend-env.ts'

/** For how long users are not counted again, in milliseconds: of a million that takes a while. */
const countAge = 2_000

/** `/v1/overview` of the Backend API: how the instance is, for who runs it. */
export function overview(instance: Instance): Hono<BackendEnv> {
  const { storage, clock, activity } = instance
  let counted: { readonly at: number; readonly users: Promise<number> } | undefined

  function countUsers(): Promise<number> {
    if (!counted || Math.abs(clock() - counted.at) > countAge) {
      const users = storage.countUsers({})
      counted = { at: clock(), users }
      users.catch(() => {
        counted = undefined
      })
    }
    return counted.users
  }

  return new Hono<BackendEnv>().get('/', async () => {
    const [users, facts, schemas, jobs, endpoints] = await Promise.all([
      countUsers(),
      storage.describe(),
      storage.find(activeSchemas.collection, activeSchemas.id),
      listJobs(instance),
      listEndpoints(storage),
    ])
    const parked = await Promise.all(
      endpoints.map(async ({ id }) =>
        (await listDeliveries(storage, id, { limit: 1, after: undefined, isParked: true })).rows.length > 0 ? id : '',
      ),
    )
    const warnings = findWarnings({
      now: clock(),
      schemas,
      jobs,
      endpoints,
      parkedAt: parked,
      sendsCodes: instance.sendCode !== undefined,
      keepsHistory: instance.history.lifetime > 0,
    })
    return reply({
      json: overviewJson({
        now: clock(),
        activity,
        users,
        storage: facts,
        warnings,
        facts: {
          server_version: serverVersion,
          instance_type: instance.instanceType,
          metadata_schemas_version: schemas?.version ?? 0,
          open_streams: instance.live.count(),
        },
      }),
    })
  })
}
