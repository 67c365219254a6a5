import { schemaCheckKind } from '../metadata/check-schemas.ts'
import { indexBuildKind } from '../metadata/indexes/build-indexes.ts'
import { migrationKind } from '../metadata/migrations.ts'
import { schemaPushKind } from '../metadata/push-schemas.ts'
import type { JobKind, JobKinds } from './job-kind.ts'

const kinds: readonly JobKind[] = [schemaCheckKind, schemaPushKind, indexBuildKind, migrationKind]

/** Every kind of job this server does. */
export const jobKinds: JobKinds = Object.fromEntries(kinds.map((one) => [one.kind, one]))
