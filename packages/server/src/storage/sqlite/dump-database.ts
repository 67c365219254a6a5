import { readJson } from '@acme/schema'
import { dumpedChange, dumpedRow, dumpSize } from '../dumped.ts'
import { type ChangeRow, type Collection, movingOf, type Rows, type Untold } from '../rows.ts'
import type { DumpPart, Write } from '../storage.ts'
import { holdersThatAre } from './metadata-entries.ts'
import type { Sql } from './sqlite-database.ts'
import { tables } from './tables.ts'

/** Reads all that moves, in the transaction that is open. */
export function* dumpDatabase(sql: Sql, part?: DumpPart): Generator<readonly Write[]> {
  for (const collection of movingOf(part?.collections)) {
    const page = pageOf(sql, collection)
    for (let after: string | undefined = ''; after !== undefined; ) {
      const rows: readonly Rows[Collection][] = page(after)
      if (rows.length > 0) yield rows.map((row) => dumpedRow(collection, row))
      after = rows.at(-1)?.id
    }
  }
  if (part?.hasChanges === false) return
  for (let after = { at: Number.MIN_SAFE_INTEGER, user_id: '', version: 0 }; ; ) {
    const rows = sql(
      `SELECT at, user_id, version, previous_at, action, data, untold FROM changes
      WHERE (at, user_id, version) > (?, ?, ?) ORDER BY at, user_id, version LIMIT ${dumpSize}`,
    ).all(after.at, after.user_id, after.version) as ChangeColumns[]
    if (rows.length > 0) yield rows.map(toWrite)
    const last = rows.at(-1)
    if (!last) return
    after = last
  }
}

/** Gives the rows of a collection after an id; none is empty. */
function pageOf(sql: Sql, collection: Collection): (after: string) => readonly Rows[Collection][] {
  const table = tables[collection]
  const own = table || collection === 'metadataHolders' ? 'TRUE' : `collection = '${collection}'`
  const from =
    collection === 'metadataHolders'
      ? `(SELECT id, json_object('id', id, 'userId', user_id) AS data FROM (${holdersThatAre}))`
      : `${table ?? 'rows'}`
  const text = `SELECT data FROM ${from} WHERE ${own} AND id > ? ORDER BY id LIMIT ${dumpSize}`
  return (after) => (sql(text).all(after) as { data: string }[]).map(({ data }) => readJson(data) as Rows[Collection])
}

interface ChangeColumns {
  readonly at: number
  readonly user_id: string
  readonly version: number
  readonly previous_at: number | null
  readonly action: ChangeRow['action']
  readonly data: string
  readonly untold: string | null
}

function toWrite({
  at,
  user_id: userId,
  version,
  previous_at: previousAt,
  action,
  data,
  untold,
}: ChangeColumns): Write {
  const rest = readJson(data) as Pick<ChangeRow, 'actor' | 'fields' | 'metadata'>
  const toTell = untold === null ? undefined : (readJson(untold) as unknown as Untold)
  return dumpedChange({ userId, version, at, previousAt, action, ...rest, untold: toTell })
}
