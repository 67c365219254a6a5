import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import * as sqlite from 'node:sqlite'
import { readMoveOptions } from './move-options.ts'
import { databaseFile } from './open-storage.ts'
import { count, createProgress } from './progress.ts'

/** What `backup --help` prints. */
export const backupHelp = `acme-server backup: a copy of the SQLite database, while a server goes on writing

  backup acme-1.db           all that was acknowledged when it began, in a file of its own, readable by its owner alone

  --data <directory>         of the database (default .acme)

To go back to it, stop the server and put the file into the place of acme.db (without acme.db-wal and acme.db-shm). Keep
keys.env with it: the database knows a digest of the key only. A PostgreSQL is backed up by its own means.
`

/** All pages in one step: what others write meanwhile would have it begin anew after each. */
const allPages = 0x7fffffff

/**
 * Runs `backup …`, and says on standard error what was copied.
 *
 * @throws Error for a wrong command line, a file that is there, or a database that cannot be copied
 */
export async function runBackup(args: readonly string[]): Promise<void> {
  const { place, operand: file, isHelp } = readMoveOptions(args)
  if (isHelp) {
    process.stdout.write(backupHelp)
    return
  }
  if (file === undefined) throw new TypeError('backup takes the file to write')
  if (place.database !== undefined)
    throw new TypeError('backup copies an SQLite database; PostgreSQL has pg_dump for it')
  const source = databaseFile(place.directory)
  if (!existsSync(source)) throw new Error(`there is no database at ${source}`)
  if (existsSync(file)) throw new Error(`${file} is there already`)
  // As a name of the module it would keep older versions of Node from starting at all.
  if (!('backup' in sqlite)) throw new Error('backup needs Node 22.16 or newer')
  process.umask(0o077)
  const part = `${file}.part`
  const progress = createProgress('copying')
  const database = new sqlite.DatabaseSync(source)
  try {
    await sqlite.backup(database, part, { rate: allPages })
    const users = countUsers(part)
    sync(part)
    renameSync(part, file)
    progress.end()
    process.stderr.write(`${count(users)} users, ${count(statSync(file).size)} bytes in ${file}\n`)
  } finally {
    database.close()
    for (const left of [part, `${part}-wal`, `${part}-shm`]) rmSync(left, { force: true })
  }
}

/** Opens a copy, as who needs it will. */
function countUsers(file: string): number {
  const copy = new sqlite.DatabaseSync(file)
  try {
    return Number(copy.prepare(`SELECT total FROM totals WHERE name = 'users'`).get()?.['total'] ?? 0)
  } finally {
    copy.close()
  }
}

function sync(file: string): void {
  const opened = openSync(file, 'r+')
  fsyncSync(opened)
  closeSync(opened)
}
