import { parseArgs } from 'node:util'
import { type SecretKeyScope, secretKeyScopes } from '@acme/schema/wire'
import { digest } from '../auth/digest.ts'
import { secretKeyId } from '../auth/secret-key.ts'
import { Fault } from '../domain/fault.ts'
import { instanceId } from '../domain/instance-id.ts'
import { addSecretKey, createSecretKey, keyName, keyNotes, revokeSecretKey } from '../domain/keys/secret-keys.ts'
import type { InstanceRow } from '../storage/rows.ts'
import type { Storage } from '../storage/storage.ts'
import { readDatabase } from './config.ts'
import { readKeyFile } from './key-file.ts'
import { openStorage } from './open-storage.ts'
import { readDuration } from './read-duration.ts'
import { runReseal } from './reseal-command.ts'
import { listSigning, minute, rotateSigning } from './signing-keys-command.ts'

/** What `keys --help` prints. */
export const keysHelp = `acme-server keys: the secret keys that a database accepts, the keys that sign session tokens, and the
key that seals

  keys add <name>            make a secret key and print it, which happens once: the database keeps its digest
    --scope <scope>          what it may be used for: read, write (which includes read) or write:public; may be repeated
                             (default: everything)
  keys list                  list them: id, when each was made and used last, scopes, name
  keys revoke <id or name>   accept one no more, within a second in every server on the database; an id that begins with
                             a hyphen is given behind two: keys revoke -- -Xy3…
  keys signing               list the keys that sign and verify session tokens
  keys rotate-signing        publish a new one, sign by it a while later, and keep the old one published for another while
    --lead <duration>        for how long it is published before it signs (default 10m)
    --keep <duration>        for how long the old one is published after it has signed (default 24h)
    --drop-old               sign by the new one at once and publish no other: for when the old one got out
  keys reseal                seal all that is sealed by ACME_SEALING_KEY, which takes the place of the key in
                             ACME_SEALING_KEY_PREVIOUS, or of none; alone, that one opens all of it for good
    --seal-private-metadata  and private metadata from now on

  --data <directory>         where the database is (default .acme)
  --database <url>           a PostgreSQL database instead (or ACME_DATABASE_URL)
`

/**
 * Runs `keys …` on a database, whether servers run on it or not, and gives what to print.
 *
 * @throws Error for a wrong command line, or a key that is not there
 */
export async function runKeysCommand(args: readonly string[]): Promise<string> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      data: { type: 'string', default: '.acme' },
      database: { type: 'string' },
      scope: { type: 'string', multiple: true },
      lead: { type: 'string' },
      keep: { type: 'string' },
      'drop-old': { type: 'boolean' },
      'seal-private-metadata': { type: 'boolean' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return keysHelp
  const [command = '', operand, ...rest] = positionals
  const known = commands.get(command)
  if (!known) throw new TypeError(`keys takes ${[...commands.keys()].join(', ')}\n\n${keysHelp}`)
  if (rest.length > 0 || (!known.takesName && operand !== undefined)) {
    throw new TypeError(`keys ${command}: too many arguments`)
  }
  const foreign = Object.keys(values).find((option) => ownOptions.has(option) && !known.options.includes(option))
  if (foreign !== undefined) throw new TypeError(`keys ${command} takes no --${foreign}`)
  const scopes = readScopes(values.scope)
  const rotation = {
    ...(values.lead !== undefined && { lead: readDuration('--lead', values.lead) }),
    ...(values.keep !== undefined && { keep: readDuration('--keep', values.keep) }),
    ...(values['drop-old'] && { dropsOld: true }),
  }
  const place = { directory: values.data, database: readDatabase(values.database), migrates: false }
  if (command === 'reseal') return runReseal({ ...place, sealsMetadata: values['seal-private-metadata'] })
  const storage = await openStorage(place)
  try {
    if (command === 'list') return await list(storage)
    if (command === 'signing') return listSigning(await findInstance(storage))
    if (command === 'rotate-signing') return await rotateSigning(storage, await findInstance(storage), rotation)
    if (operand === undefined || !keyName.test(operand)) {
      throw new TypeError(`keys ${command} takes a name: 1 to 60 letters, digits, dots, hyphens and underscores`)
    }
    if (command === 'add') return await add(storage, operand, scopes)
    const { secretKey } = await readKeyFile(values.data)
    return await revoke(storage, operand, secretKey)
  } finally {
    await storage.close()
  }
}

/** What each command takes besides where the database is. */
const commands: ReadonlyMap<string, { readonly takesName: boolean; readonly options: readonly string[] }> = new Map([
  ['add', { takesName: true, options: ['scope'] }],
  ['list', { takesName: false, options: [] }],
  ['revoke', { takesName: true, options: [] }],
  ['signing', { takesName: false, options: [] }],
  ['rotate-signing', { takesName: false, options: ['lead', 'keep', 'drop-old'] }],
  ['reseal', { takesName: false, options: ['seal-private-metadata'] }],
])
const ownOptions: ReadonlySet<string> = new Set([...commands.values()].flatMap(({ options }) => options))

function readScopes(given: readonly string[] | undefined): readonly SecretKeyScope[] | undefined {
  if (!given) return undefined
  const odd = given.find((scope) => !secretKeyScopes.includes(scope as SecretKeyScope))
  if (odd !== undefined) throw new TypeError(`--scope takes ${secretKeyScopes.join(', ')}`)
  return secretKeyScopes.filter((scope) => given.includes(scope))
}

async function add(storage: Storage, name: string, scopes: readonly SecretKeyScope[] | undefined): Promise<string> {
  const { instanceType } = await findInstance(storage)
  const key = createSecretKey(instanceType)
  await storage.transact(await addSecretKey(key, { name, scopes, now: Date.now() }))
  return `${key}\n`
}

async function list(storage: Storage): Promise<string> {
  const row = await findInstance(storage)
  const lines = row.secretKeyDigests.map(async (one) => {
    const id = secretKeyId(one)
    const note = keyNotes(row).find(({ digest }) => digest === one)
    const use = await storage.find('secretKeyUses', id)
    const times = [note?.createdAt, use?.lastUsedAt].map((at) => (at === undefined ? '-' : minute(at)).padEnd(17))
    return [id, ...times, (note?.scopes?.join(' ') ?? 'all').padEnd(17), note?.name ?? '(no name)'].join('  ')
  })
  const head = ['id'.padEnd(12), ...['made', 'used last', 'scopes'].map((name) => name.padEnd(17)), 'name'].join('  ')
  const all = await Promise.all(lines)
  return all.length > 0 ? `${[head, ...all].join('\n')}\n` : 'There are no keys.\n'
}

async function revoke(storage: Storage, which: string, kept: string | undefined): Promise<string> {
  await findInstance(storage)
  const keptDigest = kept === undefined ? undefined : await digest(kept)
  await storage.transact(revokeSecretKey(which, keptDigest)).catch((error: unknown) => {
    const isMissing = error instanceof Fault && error.status === 404
    throw isMissing ? new Error(`there is no key ${which}: see keys list`) : error
  })
  return `${which} opens nothing any more, in every server within a second.\n`
}

async function findInstance(storage: Storage): Promise<InstanceRow> {
  const row = await storage.find('instances', instanceId)
  if (!row) throw new Error('no server has been started on this database')
  return row
}
