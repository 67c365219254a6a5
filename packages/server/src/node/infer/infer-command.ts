import { existsSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import type { JsonObject, Kind } from '@acme/schema'
import { readDatabase } from '../config.ts'
import { MappingError, mapMetadata, readMapping } from '../import-from/metadata-mapping.ts'
import { readExport } from '../import-from/read-export.ts'
import { sourceOf } from '../import-from/sources/sources.ts'
import { openStorage, type Place } from '../open-storage.ts'
import { count, createProgress } from '../progress.ts'
import { keepYoungSpaceSmall } from '../young-space.ts'
import { createSeenMetadata, writeModules, writers } from './write-modules.ts'

/** What `schema infer --help` prints. */
export const inferHelp = `acme-server schema infer: write the schemas that the metadata of users has

  schema infer                              of the users of the database
  schema infer <file> --from <product>      of an export of clerk, supabase, auth0 or firebase

  --to <library>             zod, valibot, arktype or json-schema (default zod)
  --out <file>               where to write (default metadata.ts); private metadata goes into a file of its own beside it,
                             metadata.server.ts, so that no page imports it
  --sample <number>          look at so many users, spread over all, not at each
  --map <field>=<kind>       with --from: as import --from takes it
  --private-examples         write down values of private metadata too, as members of enums and as examples
  --force                    write over files that are there

  --data <directory>         of the SQLite database (default .acme); servers may run on it
  --database <url>           of the PostgreSQL database, unless ACME_DATABASE_URL names it

Comments say how often each key was seen, and give examples of what is rare. Nothing is sent anywhere.
`

/** The metadata of one user. */
type Metadata = Readonly<Record<Kind, JsonObject>>

/** Users one after another, each with how far it has come, from 0 to 1. */
type Users = AsyncIterable<{ readonly metadata: Metadata; readonly share: number }>

/**
 * Runs \`schema infer …\` and gives what to print.
 *
 * @throws Error for a wrong command line, a file that is there already, and what cannot be read
 */
export async function runInfer(args: readonly string[]): Promise<string> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      from: { type: 'string' },
      map: { type: 'string', multiple: true, default: [] },
      to: { type: 'string', default: 'zod' },
      out: { type: 'string', default: 'metadata.ts' },
      sample: { type: 'string' },
      'private-examples': { type: 'boolean', default: false },
      force: { type: 'boolean', default: false },
      data: { type: 'string', default: '.acme' },
      database: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return inferHelp
  const [file, ...rest] = positionals
  if (rest.length > 0) throw new TypeError('schema infer: too many arguments')
  if ((file === undefined) !== (values.from === undefined))
    throw new TypeError('schema infer takes a file and --from together')
  if (!writers.has(values.to)) throw new TypeError(`--to takes ${[...writers.keys()].join(', ')}`)
  if (values.sample !== undefined && !/^[1-9]\d{0,8}$/.test(values.sample))
    throw new TypeError('--sample takes a number')
  const [shared, server] = [values.out, values.out.replace(/(\.\w+)?$/, '.server$1')]
  for (const path of [shared, server])
    if (!values.force && existsSync(path))
      throw new Error(`${path} is there already: name another by --out, or say --force`)
  const place = { directory: values.data, database: readDatabase(values.database), migrates: false }
  const users = file === undefined ? () => storedUsers(place) : () => exportedUsers(file, values.from, values.map)
  const of = values.sample === undefined ? undefined : await countAll(users())
  const every = of === undefined ? 1 : Math.max(1, of / Number(values.sample))
  keepYoungSpaceSmall()
  const progress = createProgress('inferring')
  const seen = createSeenMetadata()
  let index = 0
  for await (const { metadata, share } of users()) {
    // So that they are spread evenly, whatever the order is.
    if (Math.floor(index / every) !== Math.floor((index - 1) / every)) seen.add(metadata)
    index++
    progress.show(index, share)
  }
  progress.end()
  const options = { to: values.to, privateExamples: values['private-examples'], name: basename(shared), of: index }
  const modules = writeModules(seen, options)
  const written = [[shared, modules.shared] as const, ...(modules.server ? [[server, modules.server] as const] : [])]
  for (const [path, text] of written) writeFileSync(path, text)
  const names = written.map(([path]) => path).join(' and ')
  const next = join(dirname(shared), basename(written.at(-1)?.[0] ?? shared))
  return `${count(seen.users)} of ${count(index)} users: ${names}\nnext: read it, then schema push ${next}\n`
}

async function countAll(users: Users): Promise<number> {
  let all = 0
  for await (const _ of users) all++
  return all
}

async function* storedUsers(place: Place): Users & AsyncGenerator {
  const storage = await openStorage(place)
  try {
    const all = await storage.countUsers({})
    let at = 0
    for await (const writes of storage.dump()) {
      for (const write of writes) {
        if (!('put' in write) || write.put !== 'users') {
          // Users are among the first; what comes behind them is not needed.
          if (at > 0) return
          continue
        }
        yield { metadata: write.row.metadata, share: ++at / Math.max(1, all) }
      }
    }
  } finally {
    await storage.close()
  }
}

async function* exportedUsers(file: string, from: string | undefined, map: readonly string[]): Users & AsyncGenerator {
  const source = sourceOf(from)
  const mapping = readMapping(source, map)
  const { size } = statSync(file)
  for await (const { fields, bytes } of readExport(file)) {
    if (!fields) continue
    try {
      yield { metadata: mapMetadata(mapping, source.read(fields, {}).metadata), share: bytes / size }
    } catch (error) {
      // Whoever has metadata that is none is refused by the import, which says so.
      if (!(error instanceof MappingError)) throw error
    }
  }
}
