import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { activeSchemas } from '../../domain/metadata/metadata-schemas.ts'
import type { Storage } from '../../storage/storage.ts'
import { readDatabase } from '../config.ts'
import { lockDirectory } from '../lock-directory.ts'
import { databaseFile, describePlace, makeDirectory, openStorage, type Place } from '../open-storage.ts'
import { count } from '../progress.ts'
import { keepYoungSpaceSmall } from '../young-space.ts'
import { readFirebaseConfig } from './firebase-config.ts'
import { importDeps } from './import-deps.ts'
import { createReport, type ImportReport } from './import-report.ts'
import { checkExport, type ImportChoices, type ImportCounts, importPasswords, importUsers } from './import-users.ts'
import { describeMapping, readMapping } from './metadata-mapping.ts'
import { sourceOf } from './sources/sources.ts'

/** What `import --from … --help` prints. */
export const importFromHelp = `acme-server import --from: the users of an export of another product

  import --from clerk users.csv         the dashboard's CSV, or JSON of its API
  import --from supabase users.csv      select * from auth.users, as CSV, JSON or lines of JSON
  import --from auth0 users.json        what the export job writes
  import --from firebase users.json     what firebase auth:export writes

  --map <field>=<kind>       where metadata goes: public, private, unsafe or none; <field>.<member> is a part; repeatable
  --dry-run                  write nothing, and say what would be written and refused
  --report <file>            where to write what was refused and why (default <export>.report.ndjson)
  --take-unverified          take e-mail addresses as they are that nobody has verified there
  --password-hashes <file>   auth0: the hashes that its support exports
  --hash-config <file>       firebase: the password hash parameters that its console shows
  --skip-unknown-passwords   take whoever has a hash of a kind that is not known, without it
  --without-passwords        take no password: people sign in by a code

  --data <directory>         of the SQLite database (default .acme); no server may run on it
  --database <url>           of the PostgreSQL database, unless ACME_DATABASE_URL names it

Where everything goes is printed first. Whoever is there already, by the id there as external id, is left as they are, so
that one that was stopped goes on when it is run again, and a second run changes nothing. Nothing is cut: what does not fit
is refused, and the report says which and why, without a value.
`

/** Whether an import is one of another product's export. */
export function isImportFrom(args: readonly string[]): boolean {
  return args.some((arg) => arg === '--from' || arg.startsWith('--from='))
}

/**
 * Runs `import --from …`.
 *
 * @throws Error for a wrong command line, and a file that is no export of the product
 */
export async function runImportFrom(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      from: { type: 'string' },
      map: { type: 'string', multiple: true, default: [] },
      'dry-run': { type: 'boolean', default: false },
      report: { type: 'string' },
      'take-unverified': { type: 'boolean', default: false },
      'password-hashes': { type: 'string' },
      'hash-config': { type: 'string' },
      'skip-unknown-passwords': { type: 'boolean', default: false },
      'without-passwords': { type: 'boolean', default: false },
      data: { type: 'string', default: '.acme' },
      database: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(importFromHelp)
    return
  }
  const [file, ...rest] = positionals
  if (file === undefined || rest.length > 0) throw new TypeError('import --from takes one file; see --help')
  const source = sourceOf(values.from)
  const { 'hash-config': config, 'password-hashes': hashes } = values
  if (config !== undefined && source.name !== 'firebase') throw new TypeError('--hash-config is for firebase')
  if (hashes !== undefined && source.name !== 'auth0') throw new TypeError('--password-hashes is for auth0')
  const mapping = readMapping(source, values.map)
  const choices: ImportChoices = {
    mapping,
    firebase: config === undefined ? undefined : readFirebaseConfig(config),
    takesUnverified: values['take-unverified'],
    passwords: values['without-passwords'] ? 'none' : values['skip-unknown-passwords'] ? 'skip' : 'refuse',
  }
  keepYoungSpaceSmall()
  process.stdout.write(`${describeMapping(source, mapping)}\n`)
  const records = await checkExport(file, source, choices)
  const place = { directory: values.data, database: readDatabase(values.database) }
  const reportFile = values.report ?? `${file}.report.ndjson`
  const isDry = values['dry-run']
  await within(isDry, place, async (storage, existing) => {
    const deps = importDeps(storage)
    const report: ImportReport = createReport(reportFile)
    let passwords: ImportCounts | undefined
    const counts = await importUsers(deps, file, source, choices, report, existing)
    if (hashes !== undefined) passwords = await importPasswords(deps, hashes, report, existing)
    await report.close()
    const refused = counts.refused + (passwords?.refused ?? 0)
    const others = counts.partly > 0 ? `; ${count(counts.partly)} of them without a part` : ''
    process.stderr.write(
      `${isDry ? 'dry run, nothing written: ' : ''}${count(records)} users: ${count(counts.imported)} imported, ` +
        `${count(counts.known)} there already, ${count(counts.refused)} refused${others}\n` +
        (passwords
          ? `passwords: ${count(passwords.imported)} taken, ${count(passwords.known)} there already, ${count(passwords.refused)} refused\n`
          : '') +
        (refused + counts.partly > 0 ? `which and why: ${reportFile}\n` : ''),
    )
  })
}

type Work = (storage: Storage, existing: Storage | undefined) => Promise<void>

/** Has the work write to the place; in a dry run to a database of its own, which is thrown away. */
async function within(isDry: boolean, place: Place, work: Work): Promise<void> {
  if (!isDry) {
    const unlock = place.database === undefined ? await lock(place.directory) : () => {}
    try {
      await withStorage(place, (storage) => work(storage, undefined))
    } finally {
      unlock()
    }
    return
  }
  const directory = await mkdtemp(join(tmpdir(), 'acme-dry-run-'))
  try {
    await withStorage({ directory }, async (storage) => {
      if (place.database === undefined && !existsSync(databaseFile(place.directory))) return work(storage, undefined)
      return withStorage({ ...place, migrates: false }, async (existing) => {
        const schemas = await existing.find(activeSchemas.collection, activeSchemas.id)
        await storage.transact({
          reads: [],
          decide: () => ({
            writes: schemas ? [{ put: activeSchemas.collection, row: schemas }] : [],
            result: undefined,
          }),
        })
        await work(storage, existing)
      })
    })
  } finally {
    await rm(directory, { recursive: true })
  }
}

async function lock(directory: string): Promise<() => void> {
  await makeDirectory(directory)
  return lockDirectory(directory)
}

async function withStorage(place: Place, work: (storage: Storage) => Promise<void>): Promise<void> {
  const storage = await openStorage(place)
  try {
    if (await storage.find('imports', 'import'))
      throw new Error(`an import into ${describePlace(place)} is not finished: run it again`)
    await work(storage)
  } finally {
    await storage.close()
  }
}
