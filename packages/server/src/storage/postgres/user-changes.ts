import { readJson } from '@acme/schema'
import type { ChangeRow } from '../rows.ts'
import type { ChangePage } from '../storage.ts'
import type { Statement } from './group-changes.ts'
import { type Runner, run } from './sql.ts'

/** What a group of transactions does to the changes of users. */
export interface FeedWrites {
  append(change: ChangeRow): void
  forget(userId: string, before: number | undefined): void
  /** What has to be run, in this order. */
  statements(): readonly Statement[]
}

const forgetSql =
  'DELETE FROM changes USING json_to_recordset($1::text::json) AS given (user_id text, before bigint) ' +
  'WHERE changes.user_id = given.user_id AND (given.before IS NULL OR changes.version < given.before)'
const appendSql =
  'INSERT INTO changes (user_id, version, at, data) SELECT user_id, version, at, data ' +
  'FROM json_to_recordset($1::text::json) AS given (user_id text, version bigint, at bigint, data text)'

/** Gathers what the transactions of a group do to the changes of users. */
export function createFeedWrites(): FeedWrites {
  const forgotten: { readonly user_id: string; readonly before: number | null }[] = []
  let appended: { readonly user_id: string; readonly version: number; readonly at: number; readonly data: string }[] =
    []
  return {
    append(change) {
      const { userId, version, at } = change
      appended.push({ user_id: userId, version, at, data: JSON.stringify(change) })
    },

    forget(userId, before = Number.POSITIVE_INFINITY) {
      forgotten.push({ user_id: userId, before: Number.isFinite(before) ? before : null })
      // What the group itself appended before is not written at all.
      appended = appended.filter(({ user_id, version }) => user_id !== userId || version >= before)
    },

    statements() {
      const statement = (sql: string, rows: readonly object[]) =>
        rows.length > 0 ? [{ sql, rows: JSON.stringify(rows) }] : []
      return [...statement(forgetSql, forgotten), ...statement(appendSql, appended)]
    },
  }
}

/** Reads a page of the changes of a user, the newest first. */
export async function listChanges(
  runner: Runner,
  userId: string,
  { before = Number.MAX_SAFE_INTEGER, limit }: ChangePage,
): Promise<readonly ChangeRow[]> {
  const rows = await run(
    runner,
    'SELECT data FROM changes WHERE user_id = $1 AND version < $2::bigint ORDER BY version DESC LIMIT $3::int',
    [userId, before, limit],
  )
  return rows.map(({ data }) => readJson(String(data)) as ChangeRow)
}
