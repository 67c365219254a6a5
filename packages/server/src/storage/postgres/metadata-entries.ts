import { changedEntries, isOneKey, type MetadataCondition } from '../metadata-key.ts'
import type { UserRow } from '../rows.ts'
import type { Statement } from './group-changes.ts'
import type { Bind } from './sql.ts'

/** A user as a group read and left them: before undefined when they were not read, and null when there was none. */
export interface UserChange {
  readonly id: string
  readonly before: UserRow | null | undefined
  readonly after: UserRow | null
}

const forgetSql =
  'DELETE FROM metadata_entries USING json_to_recordset($1::text::json) AS given (user_id text, path text) ' +
  'WHERE metadata_entries.user_id = given.user_id AND (given.path IS NULL OR metadata_entries.path = given.path)'
const putSql =
  'INSERT INTO metadata_entries (user_id, path, key, created_at) SELECT user_id, path, key, created_at ' +
  'FROM json_to_recordset($1::text::json) AS given (user_id text, path text, key text, created_at bigint) ' +
  'ON CONFLICT (user_id, path) DO UPDATE SET key = excluded.key, created_at = excluded.created_at'

/** Moves the entries of users in the indexes of metadata, those that have changed. */
export function entryStatements(changes: readonly UserChange[]): readonly Statement[] {
  const gone: { readonly user_id: string; readonly path: string | null }[] = []
  const put: { readonly user_id: string; readonly path: string; readonly key: string; readonly created_at: number }[] =
    []
  for (const { id, before, after } of changes) {
    // Of one who was not read it is not known what they have.
    if (before === undefined) gone.push({ user_id: id, path: null })
    for (const change of changedEntries(before ?? undefined, after ?? undefined)) {
      if (after && change.after !== undefined)
        put.push({ user_id: id, path: change.path, key: change.after, created_at: after.createdAt })
      else gone.push({ user_id: id, path: change.path })
    }
  }
  const statement = (sql: string, rows: readonly object[]) =>
    rows.length > 0 ? [{ sql, rows: JSON.stringify(rows) }] : []
  return [...statement(forgetSql, gone), ...statement(putSql, put)]
}

/** Writes a condition as one on `metadata_entries`, by the name it has in the statement. */
export function entryCondition({ path, ranges }: MetadataCondition, bind: Bind, name: string): string {
  const keys = ranges.map((range) =>
    isOneKey(range)
      ? `${name}.key = ${bind(range.from)}`
      : `(${name}.key >= ${bind(range.from)} AND ${name}.key < ${bind(range.before)})`,
  )
  return `${name}.path = ${bind(path)} AND (${keys.join(' OR ') || 'FALSE'})`
}
