import { statSync } from 'node:fs'
import type { Storage, Write } from '../storage/storage.ts'
import {
  createLineReader,
  createSummary,
  type DumpHeader,
  type DumpTotals,
  isKnownFormat,
  isUserText,
  readHeader,
  readRow,
  readTotals,
} from './dump-format.ts'
import { isImportFrom, runImportFrom } from './import-from/import-from-command.ts'
import { lockDirectory } from './lock-directory.ts'
import { readMoveOptions } from './move-options.ts'
import { describePlace, makeDirectory, openStorage, type Place } from './open-storage.ts'
import { count, createProgress } from './progress.ts'
import { readLines } from './read-lines.ts'

/** What `import --help` prints. */
export const importHelp = `acme-server import: what export has written, into an empty database

  import users.ndjson        all of it; one that was stopped goes on where it was when it is run again
  import --from clerk …      the users of an export of Clerk, Supabase, Auth0 or Firebase; see import --from clerk --help

  --data <directory>         of the SQLite database (default .acme)
  --database <url>           of the PostgreSQL database, unless ACME_DATABASE_URL names it

The file is read to its end before anything is written: one that is cut off or was changed is refused by the line. At the
end what is stored is counted and compared with the export by its SHA-256; no server starts before. Nobody is signed out.
Put the keys.env of the earlier server into the --data directory of the new one, or give it the keys (see --help).
`

/** The id of the row that says how far an import has come. */
export const importId = 'import'
const importKey = { collection: 'imports', id: importId } as const

/** How many rows are written at once. */
const batchSize = 1_000

/**
 * Runs `import …`, and says on standard error how much it was.
 *
 * @throws Error for a wrong command line, a file that is not as it was written, and a database that is not empty
 */
export async function runImport(args: readonly string[]): Promise<void> {
  if (isImportFrom(args)) return runImportFrom(args)
  const { place, operand, isHelp } = readMoveOptions(args)
  if (isHelp) {
    process.stdout.write(importHelp)
    return
  }
  if (operand === undefined) throw new TypeError('import takes the file that export has written')
  const unlock = await takePlace(place)
  try {
    const storage = await openStorage({ ...place, isRaw: true })
    try {
      const { users, rows, sha256 } = await importFile(storage, operand, describePlace(place))
      process.stderr.write(`${count(users)} users, ${count(rows)} rows, SHA-256 ${sha256}, as exported\n`)
    } finally {
      await storage.close()
    }
  } finally {
    unlock()
  }
}

/**
 * Writes a file of `export` into a storage that is empty or holds a part of it, whose place is named for messages.
 *
 * @throws Error for a file that is not as it was written, and a storage that holds something else
 */
export async function importFile(storage: Storage, file: string, where: string): Promise<DumpTotals> {
  const checked = await checkFile(file)
  await writeRows(storage, file, checked, where)
  await assertStored(storage, checked.totals, where)
  await storage.transact({
    reads: [importKey],
    decide: () => ({ writes: [{ delete: 'imports', id: importId }], result: undefined }),
  })
  return checked.totals
}

/** No server may run on the directory of an SQLite database. */
async function takePlace({ directory, database }: Place): Promise<() => void> {
  if (database !== undefined) return () => {}
  await makeDirectory(directory)
  return lockDirectory(directory)
}

/** A file that was found to be whole. */
interface CheckedFile {
  readonly header: DumpHeader
  readonly totals: DumpTotals
}

/** Reads a file to its end. @throws Error naming the line that is not as it was written */
async function checkFile(file: string): Promise<CheckedFile> {
  const { size } = statSync(file)
  const progress = createProgress('checking')
  const refuse = (line: number, what: string) => new Error(`${file}, line ${line}: ${what}. Nothing of it was written`)
  const summary = createSummary()
  let header: DumpHeader | undefined
  let totals: DumpTotals | undefined
  let toText: ReturnType<typeof createLineReader> | undefined
  let number = 0
  for await (const { lines, bytes } of readLines(file)) {
    for (const line of lines) {
      number++
      if (totals) throw refuse(number, 'there is more after the end')
      if (!header || !toText) {
        header = readHeader(line)
        if (!header) throw refuse(number, 'this is no export of acme-server')
        if (!isKnownFormat(header)) throw refuse(number, `its format is ${header.format}; use a newer @acme/server`)
        toText = createLineReader(line)
        continue
      }
      const text = toText(line)
      if (text) summary.add(text, isUserText(text))
      else {
        totals = readTotals(line)
        if (!totals) throw refuse(number, 'it was changed, or what stands before it was')
      }
    }
    progress.show(number, bytes / size)
  }
  progress.end()
  if (!header || !totals) throw refuse(number + 1, 'the file ends before its end')
  const { rows, sha256 } = summary.totals()
  if (rows !== totals.rows || sha256 !== totals.sha256)
    throw refuse(number, 'its count or SHA-256 is not that of the rows')
  return { header, totals }
}

/** Writes the rows that are not yet there, each batch together with how far it has come. */
async function writeRows(
  storage: Storage,
  file: string,
  { header, totals }: CheckedFile,
  where: string,
): Promise<void> {
  const progress = createProgress('importing')
  let done = await begin(storage, header, where)
  let number = 0
  let batch: Write[] = []
  const write = async () => {
    done += batch.length
    const writes: Write[] = [...batch, { put: 'imports', row: { id: importId, exportId: header.id, rows: done } }]
    batch = []
    await storage.transact({ reads: [importKey], decide: () => ({ writes, result: undefined }) })
    progress.show(done, done / totals.rows)
  }
  // The first line is the header, and the rows follow.
  const [first, last] = [done + 2, totals.rows + 1]
  for await (const { lines } of readLines(file)) {
    for (const line of lines) {
      number++
      if (number < first || number > last) continue
      const row = readRow(line)
      if (!row) throw new Error(`${file}, line ${number}: this version does not know it; use a newer @acme/server`)
      batch.push(row)
      if (batch.length === batchSize) await write()
    }
  }
  if (batch.length > 0) await write()
  progress.end()
}

/** Takes an empty database for an import, or goes on with the same one; gives how many rows are there. */
async function begin(storage: Storage, { id: exportId }: DumpHeader, where: string): Promise<number> {
  let isEmpty = true
  for await (const _ of storage.dump()) {
    isEmpty = false
    break
  }
  const known = await storage.find('imports', importId)
  if (known ? known.exportId !== exportId : !isEmpty) {
    throw new Error(
      known
        ? `another import into ${where} is not finished`
        : `${where} is not empty: import into a database of its own`,
    )
  }
  return storage.transact({
    reads: [importKey],
    decide(rows) {
      const row = rows.get('imports', importId) ?? { id: importId, exportId, rows: 0 }
      return { writes: [{ put: 'imports', row }], result: row.rows }
    },
  })
}

/** Reads all that is stored and compares it with the export. */
async function assertStored(storage: Storage, totals: DumpTotals, where: string): Promise<void> {
  const progress = createProgress('verifying')
  const summary = createSummary()
  for await (const writes of storage.dump()) {
    for (const write of writes) {
      const text = JSON.stringify(write)
      summary.add(text, isUserText(text))
    }
    const { rows } = summary.totals()
    progress.show(rows, rows / totals.rows)
  }
  progress.end()
  const { rows, users, sha256 } = summary.totals()
  if (rows === totals.rows && users === totals.users && sha256 === totals.sha256) return
  throw new Error(
    `${where} holds ${rows} rows with the SHA-256 ${sha256}, not the ${totals.rows} rows that were exported`,
  )
}
