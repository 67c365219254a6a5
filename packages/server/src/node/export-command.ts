import { once } from 'node:events'
import { fchmodSync, fstatSync } from 'node:fs'
import { serverVersion } from '../http/version.ts'
import type { Storage } from '../storage/storage.ts'
import { createLineWriter, createSummary, type DumpTotals, headerLine, isUserText, totalsLine } from './dump-format.ts'
import { importId } from './import-command.ts'
import { readMoveOptions } from './move-options.ts'
import { describePlace, openStorage } from './open-storage.ts'
import { count, createProgress } from './progress.ts'

/** What `export --help` prints. */
export const exportHelp = `acme-server export: everything a server keeps, as lines of JSON, for import

  export > users.ndjson      as of one moment, while servers go on

  --data <directory>         of the SQLite database (default .acme)
  --database <url>           of the PostgreSQL database, unless ACME_DATABASE_URL names it

It holds secrets: digests of passwords and the key that signs sessions. A file that it is sent into is made readable by
its owner alone (0600). The secret key is not in it: keep keys.env. What is sealed (ACME_SEALING_KEY) stays
sealed: keep that key, too.
`

/**
 * Runs \`export …\`: writes everything to standard output, and to standard error how much it was.
 *
 * @throws Error for a wrong command line or a database that cannot be read
 */
export async function runExport(args: readonly string[]): Promise<void> {
  const { place, operand, isHelp } = readMoveOptions(args)
  if (isHelp) {
    process.stdout.write(exportHelp)
    return
  }
  if (operand !== undefined) throw new TypeError('export writes to standard output: acme-server export > file')
  if (process.stdout.isTTY) throw new Error('what is exported holds secrets: send it into a file, export > file')
  // Whoever was to take it has gone.
  process.stdout.once('error', () => process.exit(1))
  // The shell has made it, readable by whomever the umask lets.
  if (fstatSync(1).isFile()) fchmodSync(1, 0o600)
  const storage = await openStorage({ ...place, migrates: false, isRaw: true })
  try {
    if (await storage.find('imports', importId)) {
      throw new Error(`an import into ${describePlace(place)} is not finished: run it again`)
    }
    const { rows, users, sha256 } = await writeDump(storage)
    process.stderr.write(`${count(users)} users, ${count(rows)} rows, SHA-256 ${sha256}\n`)
  } finally {
    await storage.close()
  }
}

async function writeDump(storage: Storage): Promise<DumpTotals> {
  const progress = createProgress('exporting')
  const header = headerLine(crypto.randomUUID(), serverVersion)
  const toLine = createLineWriter(header)
  const summary = createSummary()
  await print(`${header}\n`)
  for await (const writes of storage.dump()) {
    let lines = ''
    for (const write of writes) {
      const text = JSON.stringify(write)
      summary.add(text, isUserText(text))
      lines += `${toLine(text)}\n`
    }
    await print(lines)
    progress.show(summary.totals().rows)
  }
  const totals = summary.totals()
  await print(`${totalsLine(totals)}\n`)
  progress.end()
  return totals
}

/** Waits until it is taken, so that no more than a part is held at a time. */
async function print(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain')
}
