import type { JsonObject } from '@acme/schema'
import type { JobRow } from '../../storage/rows.ts'
import type { Transaction } from '../../storage/storage.ts'
import type { Deps } from '../deps.ts'
import type { JobKind, JobStep } from '../jobs/job-kind.ts'
import { openJob } from '../jobs/open-job.ts'
import { walkUsers } from '../jobs/walk-users.ts'
import { type JsonSchemas, toValidators } from './metadata-schemas.ts'
import { checkUsers, noCheck, type SchemaCheck } from './schema-check.ts'

/** What a check has found so far. */
export function checkOf({ cursor, result }: JobRow): SchemaCheck {
  return cursor === null ? noCheck : (result as unknown as SchemaCheck)
}

/** Looks through all users for those whose metadata schemas refuse. */
export const schemaCheckKind: JobKind = {
  kind: 'metadata_schemas_check',
  async step(deps: Deps, job: JobRow): Promise<JobStep> {
    const { users, progress } = await walkUsers(deps, job)
    const validators = toValidators(job.input['schemas'] as unknown as JsonSchemas)
    const check = await checkUsers(checkOf(job), validators, users)
    return { reads: [], decide: () => ({ ...progress, result: check as unknown as JsonObject }) }
  },
}

/** Plans to look through all users for those whose metadata schemas refuse. */
export function checkSchemas(deps: Deps, schemas: JsonSchemas): Transaction<JobRow> {
  return openJob(deps, { kind: schemaCheckKind.kind, input: { schemas: schemas as JsonObject } })
}
