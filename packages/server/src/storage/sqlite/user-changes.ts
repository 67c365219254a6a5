import { readJson } from '@acme/schema'
import { jsonText } from '../json-text.ts'
import type { ChangeRow, Untold, UntoldChange, UserRow } from '../rows.ts'
import type { ChangePage } from '../storage.ts'
import type { Sql, SqliteValue } from './sqlite-database.ts'

/** Keeps what changed about users, in the transaction that is open. */
export interface UserChanges {
  append(change: ChangeRow): void
  /** The newest first. */
  list(userId: string, page: ChangePage): readonly ChangeRow[]
  forget(userId: string, before: number | undefined): void
  /** Reads all there are, so that none is left to which no other leads any more. */
  forgetEverywhere(userId: string): void
  listUntold(limit: number, until: number | undefined): readonly UntoldChange[]
  noteTold(change: Pick<UntoldChange, 'userId' | 'version' | 'at' | 'untold'>): void
  /** Deletes some made before a time, and has none told any more that was made before another; true when there are more. */
  sweep(before: number, untoldBefore: number, limit: number): boolean
}

/** Where a change is kept. */
interface Place {
  readonly at: number
  readonly version: number
}

interface Kept extends Readonly<Record<string, SqliteValue>> {
  readonly rowid: number
  readonly at: number
  readonly version: number
  readonly previous_at: number | null
  readonly action: ChangeRow['action']
  readonly data: string
  readonly is_untold: number
}

/**
 * Makes the keeper of changes. They are indexed by their time, so that each commit adds to the end of the table and of
 * its index: an index by user would have a page of its own written for every change, which costs three times as much
 * as all the rest of it. The changes of a user are found one from another: the user tells when they changed last, and
 * each change tells when the one before was.
 */
export function createUserChanges(sql: Sql, findUser: (id: string) => UserRow | undefined): UserChanges {
  function newest(userId: string): Place | undefined {
    const user = findUser(userId)
    if (user) return { at: user.updatedAt, version: user.version }
    const deleted = sql(`SELECT at, version FROM changes WHERE user_id = ? AND action = 'delete'`).get(userId)
    return deleted as Place | undefined
  }

  /** The changes that made versions before one, the newest first. */
  function* walk(userId: string, before = Number.POSITIVE_INFINITY): Generator<Kept> {
    for (let place = newest(userId); place; ) {
      const kept = sql(
        'SELECT rowid, at, version, previous_at, action, data, untold IS NOT NULL AS is_untold FROM changes ' +
          'WHERE at = ? AND user_id = ? AND version = ?',
      ).get(place.at, userId, place.version) as Kept | undefined
      if (!kept) return
      if (kept.version < before) yield kept
      place = kept.previous_at === null ? undefined : { at: kept.previous_at, version: kept.version - 1 }
    }
  }

  return {
    append({ at, userId, version, previousAt, action, actor, fields, metadata, untold }) {
      const who = JSON.stringify(actor)
      const data = `{"actor":${who},"fields":${JSON.stringify(fields)},"metadata":${jsonText(metadata)}}`
      sql(
        'INSERT INTO changes (at, user_id, version, previous_at, action, data, untold) VALUES (?, ?, ?, ?, ?, ?, ?)',
      ).run(at, userId, version, previousAt, action, data, untold ? JSON.stringify(untold) : null)
    },

    list(userId, { before, limit }) {
      const changes: ChangeRow[] = []
      for (const { at, version, previous_at: previousAt, action, data } of walk(userId, before)) {
        changes.push({ userId, version, at, previousAt, action, ...(readJson(data) as Rest) })
        if (changes.length === limit) break
      }
      return changes
    },

    forget(userId, before) {
      for (const { rowid, is_untold } of [...walk(userId, before)])
        if (before === undefined || !is_untold) sql('DELETE FROM changes WHERE rowid = ?').run(rowid)
    },

    listUntold(limit, until) {
      const order = until === undefined ? 'ORDER BY at' : 'AND at <= ? ORDER BY at DESC'
      const found = sql(
        `SELECT at, user_id, version, action, data ->> 'fields' AS fields, untold FROM changes
        WHERE untold IS NOT NULL ${order} LIMIT ?`,
      ).all(...(until === undefined ? [] : [until]), limit) as UntoldColumns[]
      return found.map(({ at, user_id: userId, version, action, fields, untold }) => {
        return {
          userId,
          version,
          at,
          action,
          fields: JSON.parse(fields),
          untold: readJson(untold) as unknown as Untold,
        }
      })
    },

    noteTold({ userId, version, at, untold }) {
      const noting = untold.isPassing ? 'DELETE FROM changes' : 'UPDATE changes SET untold = NULL'
      sql(`${noting} WHERE at = ? AND user_id = ? AND version = ?`).run(at, userId, version)
    },

    sweep(before, untoldBefore, limit) {
      const late = `SELECT rowid FROM changes WHERE untold IS NOT NULL AND at < ? ORDER BY at LIMIT ?`
      sql(`UPDATE changes SET untold = NULL WHERE rowid IN (${late})`).run(untoldBefore, limit)
      // Those that are untold are not looked for beyond the first: they are told in this order.
      const first = 'SELECT rowid, untold FROM changes WHERE at < ? ORDER BY at LIMIT ?'
      const swept = `DELETE FROM changes WHERE rowid IN (SELECT rowid FROM (${first}) WHERE untold IS NULL)`
      return sql(swept).run(before, limit).changes === limit
    },

    forgetEverywhere(userId) {
      sql('DELETE FROM changes WHERE user_id = ?').run(userId)
    },
  }
}

interface UntoldColumns {
  readonly at: number
  readonly user_id: string
  readonly version: number
  readonly action: ChangeRow['action']
  readonly fields: string
  readonly untold: string
}

type Rest = Pick<ChangeRow, 'actor' | 'fields' | 'metadata'>
