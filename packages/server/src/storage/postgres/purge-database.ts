import type { Sql } from './sql.ts'

/** The tables that rows are deleted from. */
const tables = ['users', 'user_lists', 'sessions', 'rows', 'changes', 'webhook_deliveries', 'metadata_entries'] as const

/**
 * Has the database forget deleted rows, as far as its user may. Its files go on holding bytes of them until they are
 * written over, which only the database can hasten.
 */
export async function purgeDatabase(sql: Sql): Promise<readonly string[]> {
  const left: string[] = []
  for (const table of tables) {
    // Engines that speak its protocol may clean up by themselves, and know no VACUUM.
    await sql.unsafe(`VACUUM ${table}`).catch(() => left.push(table))
  }
  return [
    ...(left.length > 0 ? [`rows that were deleted, until VACUUM has run on ${left.join(', ')}`] : []),
    'bytes of deleted rows in the data files of PostgreSQL, until their space is used again or VACUUM FULL runs',
    'its write-ahead log, standbys and archives, as long as they are kept',
  ]
}
