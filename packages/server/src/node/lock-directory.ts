import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { readKeyFile } from './key-file.ts'

/**
 * Takes a directory for one server. The lock is SQLite's on a file of its own, which the system lets go of when the
 * process ends, however it ends. Gives the function that lets go of it.
 *
 * @throws Error when another server has it, naming where that one listens
 */
export async function lockDirectory(directory: string): Promise<() => void> {
  const database = new DatabaseSync(join(directory, 'server.lock'))
  try {
    database.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if ((error as { errcode?: number }).errcode !== 5) throw error
    const { apiUrl } = await readKeyFile(directory)
    throw new Error(
      `another server runs on ${directory}${apiUrl ? `, at ${apiUrl}` : ''}. Use that one, stop it first, or give this one another directory`,
    )
  }
  return () => database.close()
}
