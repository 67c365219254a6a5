import { anyOf, bindings, type Row, type Value } from './sql.ts'

/** Reads the marks of users and sessions, by columns alone. */
export async function readMarks(
  read: (text: string, values: readonly Value[]) => Promise<readonly Row[]>,
  userIds: readonly string[],
  sessionIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const { values, bind } = bindings()
  const rows = await read(
    `SELECT id, updated_at AS mark FROM users WHERE id = ANY (${anyOf(userIds, bind)})
    UNION ALL SELECT id, expire_at FROM sessions WHERE id = ANY (${anyOf(sessionIds, bind)})`,
    values,
  )
  return new Map(rows.map(({ id, mark }) => [String(id), Number(mark)]))
}
