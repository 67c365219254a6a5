import {
  type JsonObject,
  type Kind,
  kinds,
  MetadataInvalidError,
  type MetadataIssue,
  metadataParam,
} from '@acme/schema'
import type { MetadataSchemasRow, UserRow } from '../../storage/rows.ts'
import type { Key, Snapshot, Storage, Transaction } from '../../storage/storage.ts'
import type { Deps } from '../deps.ts'
import { fault, notFound } from '../fault.ts'
import { assertUsable, UnusableSchema } from './assert-usable.ts'
import type { AllMetadata } from './metadata.ts'
import { createValidator, TooMuchWork } from './schema-validator.ts'

/** One JSON Schema (draft 2020-12) for each kind that has a rule. */
export type JsonSchemas = MetadataSchemasRow['schemas']

/** The row of the schemas that are enforced; every write of metadata reads it in its own transaction. */
export const activeSchemas = { collection: 'metadataSchemas', id: 'active' } as const
activeSchemas satisfies Key

type Validators = { readonly [K in Kind]?: ReturnType<typeof createValidator> }

/** The validators of the version last used: a version never changes once it is stored. */
const known = new WeakMap<Storage, { readonly version: number; readonly validators: Validators }>()

/**
 * Refuses metadata that breaks the schemas this server keeps. Only the kinds that a write sets are judged: what
 * was stored before the schema stays readable, and a change of other fields is not held up by it.
 *
 * @throws MetadataInvalidError with every issue of the first kind that breaks its schema
 */
export function assertSchemas(deps: Deps, rows: Snapshot, next: AllMetadata, before?: AllMetadata): void {
  const row = rows.get(activeSchemas.collection, activeSchemas.id)
  if (!row) return
  let cached = known.get(deps.storage)
  if (cached?.version !== row.version) {
    cached = { version: row.version, validators: toValidators(row.schemas) }
    known.set(deps.storage, cached)
  }
  for (const kind of kinds) if (next[kind] !== before?.[kind]) assertValid(cached.validators, kind, next[kind])
}

/** What a schema would break. */
export interface SchemaCheck {
  /** How many users were looked at. */
  readonly users: number
  /** How many of them hold metadata that the schemas refuse. */
  readonly broken: number
  /** The first of them: where and why, never the value. */
  readonly examples: readonly {
    readonly user_id: string
    readonly param_name: string
    readonly path: readonly (string | number)[]
    readonly issue: string
  }[]
}

const pageSize = 500
const maxExamples = 10

/** Counts the stored users whose metadata the schemas refuse. */
export async function checkSchemas(deps: Deps, schemas: JsonSchemas): Promise<SchemaCheck> {
  const validators = toValidators(schemas)
  const examples: SchemaCheck['examples'][number][] = []
  let users = 0
  let broken = 0
  let after: UserRow | undefined
  for (;;) {
    const query = { filter: {}, orderBy: 'created_at', direction: 'ascending', limit: pageSize, offset: 0 } as const
    const page = await deps.storage.listUsers({ ...query, after })
    for (const user of page) {
      const issue = firstIssue(validators, user.metadata)
      if (!issue) continue
      broken++
      if (examples.length < maxExamples) examples.push({ user_id: user.id, ...issue })
    }
    users += page.length
    after = page.at(-1)
    if (page.length < pageSize) return { users, broken, examples }
  }
}

/** Plans to store schemas as the next version, and to enforce them from then on. */
export function pushSchemas(deps: Deps, schemas: JsonSchemas): Transaction<MetadataSchemasRow> {
  return {
    reads: [activeSchemas],
    decide(rows) {
      const version = (rows.get(activeSchemas.collection, activeSchemas.id)?.latest ?? 0) + 1
      const row = { id: String(version), version, latest: version, schemas, createdAt: deps.clock() }
      const active = { ...row, id: activeSchemas.id }
      return {
        writes: [
          { put: 'metadataSchemas', row },
          { put: 'metadataSchemas', row: active },
        ],
        result: active,
      }
    },
  }
}

/** Plans to enforce an earlier version again. */
export function rollbackSchemas(version: number): Transaction<MetadataSchemasRow> {
  const earlier = { collection: 'metadataSchemas', id: String(version) } as const
  return {
    reads: [activeSchemas, earlier],
    decide(rows) {
      const active = rows.get(activeSchemas.collection, activeSchemas.id)
      const row = rows.get(earlier.collection, earlier.id)
      if (!active || !row) throw notFound('metadata schema version', earlier.id)
      const next = { ...row, id: activeSchemas.id, latest: active.latest }
      return { writes: [{ put: 'metadataSchemas', row: next }], result: next }
    },
  }
}

/** Every version that was pushed, oldest first. */
export async function listSchemas(deps: Deps, latest: number): Promise<readonly MetadataSchemasRow[]> {
  const ids = Array.from({ length: latest }, (_, index) => String(index + 1))
  const rows = await Promise.all(ids.map((id) => deps.storage.find('metadataSchemas', id)))
  return rows.filter((row) => row !== undefined)
}

/** Refuses to enforce schemas that stored users break. */
export function assertNoneBroken({ broken, users, examples }: SchemaCheck): void {
  if (broken === 0) return
  const long = `${broken} of ${users} stored users break these schemas; change the users or the schemas, or force it.`
  throw fault(422, 'metadata_schemas_broken', 'users break the schemas', long, { broken, users, examples } as never)
}

function toValidators(schemas: JsonSchemas): Validators {
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

function firstIssue(validators: Validators, metadata: AllMetadata) {
  for (const kind of kinds) {
    const [issue] = judge(validators, kind, metadata[kind])
    if (issue) return { param_name: metadataParam(kind), path: [...issue.path], issue: issue.message }
  }
  return undefined
}
