import {
  type JsonObject,
  type Kind,
  kinds,
  MetadataInvalidError,
  type MetadataIssue,
  metadataParam,
} from '@acme/schema'
import type { MetadataSchemasRow } from '../../storage/rows.ts'
import type { Key, Snapshot, Storage } from '../../storage/storage.ts'
import type { Deps } from '../deps.ts'
import { fault } from '../fault.ts'
import { assertUsable, UnusableSchema } from './assert-usable.ts'
import type { AllMetadata } from './metadata.ts'
import { createValidator, TooMuchWork } from './schema-validator.ts'

/** One JSON Schema (draft 2020-12) for each kind that has a rule. */
export type JsonSchemas = MetadataSchemasRow['schemas']

/** The row of the schemas that are enforced; every write of metadata reads it in its own transaction. */
export const activeSchemas = { collection: 'metadataSchemas', id: 'active' } as const
activeSchemas satisfies Key

/** What judges each kind that has a rule. */
export type Validators = { readonly [K in Kind]?: ReturnType<typeof createValidator> }

/** What judges writes at the moment. */
export interface Rules {
  /** All of these hold. */
  readonly all: readonly Validators[]
  /** While users are migrated, one of these holds instead. */
  readonly from?: Validators | undefined
  readonly to?: Validators | undefined
}

/** The validators of the schemas last used: what a version, or a job, says never changes. */
const known = new WeakMap<Storage, Map<string, Validators>>()

/** What judges writes by the row of the schemas that are enforced. */
export function rulesOf(
  { storage }: Pick<Deps, 'storage'>,
  { version, schemas, pending, migration }: MetadataSchemasRow,
): Rules {
  const before = known.get(storage)
  const now = new Map<string, Validators>()
  const use = (key: string, one: JsonSchemas) => {
    const validators = before?.get(key) ?? toValidators(one)
    now.set(key, validators)
    return validators
  }
  const rules: Rules = migration
    ? {
        all: [],
        from: use(`${migration.jobId}/from`, migration.from),
        to: use(`${migration.jobId}/to`, migration.to),
      }
    : { all: [use(`${version}`, schemas), ...(pending ? [use(pending.jobId, pending.schemas)] : [])] }
  if (before?.size !== now.size || [...now.keys()].some((key) => !before.has(key))) known.set(storage, now)
  return rules
}

/**
 * Refuses metadata that breaks the schemas this server keeps: while users are migrated, both those that were and those
 * that come. Only the kinds that a write sets are judged: what was stored before the schema stays readable, and a change
 * of other fields is not held up by it.
 *
 * @throws MetadataInvalidError with every issue of the first kind that breaks its schema
 */
export function assertSchemas(
  deps: Pick<Deps, 'storage'>,
  rows: Snapshot,
  next: AllMetadata,
  before: AllMetadata,
): void {
  const row = rows.get(activeSchemas.collection, activeSchemas.id)
  if (!row) return
  const { all, from, to } = rulesOf(deps, row)
  for (const validators of all) assertFits(validators, next, before)
  if (!from || !to) return
  if (row.migration?.isClosing || fits(to, next, before)) assertFits(to, next, before)
  else assertFits(from, next, before)
}

/** Refuses kinds that differ from before and break their schema. @throws MetadataInvalidError */
export function assertFits(validators: Validators, next: AllMetadata, before?: AllMetadata): void {
  for (const kind of kinds) if (next[kind] !== before?.[kind]) assertValid(validators, kind, next[kind])
}

/** Whether no kind that differs from before breaks its schema. */
export function fits(validators: Validators, next: AllMetadata, before?: AllMetadata): boolean {
  return kinds.every((kind) => next[kind] === before?.[kind] || judge(validators, kind, next[kind]).length === 0)
}

/** Every version that was pushed, oldest first. */
export async function listSchemas(deps: Deps, latest: number): Promise<readonly MetadataSchemasRow[]> {
  const ids = Array.from({ length: latest }, (_, index) => String(index + 1))
  const rows = await Promise.all(ids.map((id) => deps.storage.find('metadataSchemas', id)))
  return rows.filter((row) => row !== undefined)
}

/** Makes the validators of schemas. */
export function toValidators(schemas: JsonSchemas): Validators {
  return Object.fromEntries(
    kinds.flatMap((kind) => {
      const schema = schemas[kind]
      return schema ? [[kind, createValidator(schema)]] : []
    }),
  )
}

/** Refuses schemas that could break a write instead of judging it. @throws Fault 422 */
export function assertUsableSchemas(schemas: JsonSchemas): void {
  for (const kind of kinds) {
    try {
      assertUsable(schemas[kind] ?? {})
    } catch (error) {
      if (!(error instanceof UnusableSchema)) throw error
      const { pointer, message } = error
      const long = `The schema of ${metadataParam(kind)} cannot be enforced: ${message}.`
      const meta = { param_name: 'schemas', kind, pointer }
      throw fault(422, 'metadata_schema_unusable', 'cannot be enforced', long, meta)
    }
  }
}

function assertValid(validators: Validators, kind: Kind, value: JsonObject): void {
  const issues = judge(validators, kind, value)
  if (issues.length > 0) throw new MetadataInvalidError({ kind, issues })
}

/** Judges a value. A validator that fails, which no schema that was pushed makes it do, takes nothing. */
function judge(validators: Validators, kind: Kind, value: JsonObject): readonly MetadataIssue[] {
  try {
    const issues = validators[kind]?.(value) ?? []
    return issues.map(({ path, keyword }) => ({
      path,
      message: keyword === 'false' ? 'is not allowed' : `breaks "${keyword}" of the server's schema`,
    }))
  } catch (error) {
    // A RangeError is the end of the stack.
    const isTooMuch = error instanceof TooMuchWork || error instanceof RangeError
    const message = `${isTooMuch ? 'takes too much work to judge by' : 'cannot be judged by'} the server's schema`
    return [{ path: [], message }]
  }
}

/** What is wrong with the metadata of a user, kind by kind. */
export function judgeUser(
  validators: Validators,
  metadata: AllMetadata,
): readonly (MetadataIssue & { readonly kind: Kind })[] {
  return kinds.flatMap((kind) => judge(validators, kind, metadata[kind]).map((issue) => ({ ...issue, kind })))
}
