import { readJson } from '@acme/schema'
import { jsonText } from '../json-text.ts'
import type { ChangeRow, Untold, UntoldChange } from '../rows.ts'
import type { ChangePage } from '../storage.ts'
import type { Statement } from './group-changes.ts'
import { type Runner, run } from './sql.ts'

/** What a group of transactions does to the changes of users. */
export interface FeedWrites {
  append(change: ChangeRow): void
  forget(userId: string, before: number | undefined): void
  noteTold(change: Pick<UntoldChange, 'userId' | 'version' | 'untold'>): void
  /** What has to be run, in this order. */
  statements(): readonly Statement[]
}

const forgetSql =
  'DELETE FROM changes USING json_to_recordset($1::text::json) AS given (user_id text, before bigint) ' +
  'WHERE changes.user_id = given.user_id ' +
  'AND (given.before IS NULL OR changes.version < given.before AND changes.untold IS NULL)'
const appendSql =
  'INSERT INTO changes (user_id, version, at, data, untold) SELECT user_id, version, at, data, untold ' +
  'FROM json_to_recordset($1::text::json) AS given (user_id text, version bigint, at bigint, data text, untold text)'
const ofGiven =
  'json_to_recordset($1::text::json) AS given (user_id text, version bigint) ' +
  'WHERE changes.user_id = given.user_id AND changes.version = given.version'
const toldSql = `UPDATE changes SET untold = NULL FROM ${ofGiven}`
const passedSql = `DELETE FROM changes USING ${ofGiven}`

interface Appended {
  readonly user_id: string
  readonly version: number
  readonly at: number
  readonly data: string
  readonly untold?: string
}

/** Gathers what the transactions of a group do to the changes of users. */
export function createFeedWrites(): FeedWrites {
  const forgotten: { readonly user_id: string; readonly before: number | null }[] = []
  let appended: Appended[] = []
  const told: { readonly user_id: string; readonly version: number; readonly isPassing: boolean }[] = []
  return {
    append(change) {
      const { untold, metadata, ...kept } = change
      const { userId, version, at } = kept
      const data = `${JSON.stringify(kept).slice(0, -1)},"metadata":${jsonText(metadata)}}`
      const row = { user_id: userId, version, at, data }
      appended.push(untold ? { ...row, untold: JSON.stringify(untold) } : row)
    },

    forget(userId, before = Number.POSITIVE_INFINITY) {
      forgotten.push({ user_id: userId, before: Number.isFinite(before) ? before : null })
      // What the group itself appended before is not written at all.
      appended = appended.filter(
        ({ user_id, version, untold }) =>
          user_id !== userId || version >= before || (untold !== undefined && Number.isFinite(before)),
      )
    },

    noteTold({ userId, version, untold }) {
      told.push({ user_id: userId, version, isPassing: untold.isPassing === true })
    },

    statements() {
      const statement = (sql: string, rows: readonly object[]) =>
        rows.length > 0 ? [{ sql, rows: JSON.stringify(rows) }] : []
      const [passed, kept] = [told.filter(({ isPassing }) => isPassing), told.filter(({ isPassing }) => !isPassing)]
      return [
        ...statement(forgetSql, forgotten),
        ...statement(appendSql, appended),
        ...statement(toldSql, kept),
        ...statement(passedSql, passed),
      ]
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

/** Reads changes that are untold, of one moment: whoever sees a change of a user sees those before it. */
export async function listUntold(
  runner: Runner,
  limit: number,
  until: number | undefined,
): Promise<readonly UntoldChange[]> {
  const order = until === undefined ? 'ORDER BY at' : 'AND at <= $2::bigint ORDER BY at DESC'
  const rows = await run(
    runner,
    `SELECT user_id, version, at, data::json ->> 'action' AS action, data::json ->> 'fields' AS fields, untold
    FROM changes WHERE untold IS NOT NULL ${order} LIMIT $1::int`,
    until === undefined ? [limit] : [limit, until],
  )
  return rows.map(({ user_id, version, at, action, fields, untold }) => ({
    userId: String(user_id),
    version: Number(version),
    at: Number(at),
    action: action as ChangeRow['action'],
    fields: JSON.parse(String(fields)),
    untold: readJson(String(untold)) as unknown as Untold,
  }))
}
