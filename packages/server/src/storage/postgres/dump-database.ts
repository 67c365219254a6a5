import { readJson } from '@acme/schema'
import { dumpedChange, dumpedRow, dumpSize } from '../dumped.ts'
import { type ChangeRow, type Collection, movingOf, type Rows, type Untold } from '../rows.ts'
import type { DumpPart, Write } from '../storage.ts'
import { type Row, run, type Sql, type Value } from './sql.ts'
import { tableOf } from './table.ts'

/** Reads all that moves, in a transaction of its own that sees one moment. */
export async function* dumpDatabase(sql: Sql, part?: DumpPart): AsyncGenerator<readonly Write[]> {
  await sql.unsafe('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  for (const collection of movingOf(part?.collections)) {
    const { name, key } = tableOf(collection)
    const own = key.length === 1 ? 'TRUE' : `collection = '${collection}'`
    const text = `SELECT data FROM ${name} WHERE ${own} AND id > $1 ORDER BY id LIMIT ${dumpSize}`
    yield* pages(sql, text, [''], (row) => dumpedRow(collection, row as unknown as Rows[Collection]), ['id'])
  }
  if (part?.hasChanges !== false) yield* dumpChanges(sql)
  await sql.unsafe('COMMIT')
}

function dumpChanges(sql: Sql): AsyncGenerator<readonly Write[]> {
  const text = `SELECT data, untold FROM changes WHERE (at, user_id, version) > ($1::bigint, $2, $3::bigint)
    ORDER BY at, user_id, version LIMIT ${dumpSize}`
  const first = [Number.MIN_SAFE_INTEGER, '', 0]
  return pages(
    sql,
    text,
    first,
    (row) => dumpedChange(row as unknown as ChangeRow),
    ['at', 'userId', 'version'],
    toChange,
  )
}

/** Reads page after page, each after the last row of the one before by some of its members. */
async function* pages(
  sql: Sql,
  text: string,
  first: readonly Value[],
  toWrite: (row: Row) => Write,
  members: readonly string[],
  read: (found: Row) => Row = ({ data }) => readJson(String(data)) as Row,
): AsyncGenerator<readonly Write[]> {
  for (let after: readonly Value[] | undefined = first; after; ) {
    const rows: readonly Row[] = (await run(sql, text, after)).map(read)
    if (rows.length > 0) yield rows.map(toWrite)
    const last: Row | undefined = rows.at(-1)
    after = last && members.map((member) => last[member] as Value)
  }
}

function toChange({ data, untold }: Row): Row {
  const change = readJson(String(data)) as Row
  return untold === null ? change : { ...change, untold: readJson(String(untold)) as Untold }
}
