import type { Sql } from './sqlite-database.ts'
import type { Pause } from './turns.ts'

/** How many are read in one piece: less than a millisecond. */
const piece = 250

/** Reads the marks of users and sessions, by columns alone. */
export async function readMarks(
  sql: Sql,
  pause: Pause,
  userIds: readonly string[],
  sessionIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const marks = new Map<string, number>()
  const read = async (columns: string, ids: readonly string[]) => {
    for (let start = 0; start < ids.length; start += piece) {
      const some = JSON.stringify(ids.slice(start, start + piece))
      const rows = sql(`SELECT ${columns} WHERE id IN (SELECT value FROM json_each(?))`).all(some)
      for (const { id, mark } of rows as { id: string; mark: number }[]) marks.set(id, mark)
      await pause()
    }
  }
  await read('id, updated_at AS mark FROM users', userIds)
  await read('id, expire_at AS mark FROM sessions', sessionIds)
  return marks
}
