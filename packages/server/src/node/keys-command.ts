import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { digest } from '../auth/digest.ts'
import { secretKeyId } from '../auth/secret-key.ts'
import { instanceId } from '../domain/instance-id.ts'
import type { InstanceRow, SecretKeyNote } from '../storage/rows.ts'
import type { Storage } from '../storage/storage.ts'
import { readDatabase } from './config.ts'
import { readKeyFile } from './key-file.ts'
import { openStorage } from './open-storage.ts'

/** What `keys --help` prints. */
export const keysHelp = `acme-server keys: the secret keys that a database accepts

  keys add <name>            make one and print it, which happens once: the database keeps its digest
  keys list                  list them by id, name and when they were made
  keys revoke <id or name>   accept one no more, within a second in every server on the database; an id that begins with
                             a hyphen is given behind two: keys revoke -- -Xy3…

  --data <directory>         where the database is (default .acme)
  --database <url>           a PostgreSQL database instead (or ACME_DATABASE_URL)
`

/** How many keys a database accepts at most: each request is compared with all of them. */
const mostKeys = 100

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
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return keysHelp
  const [command = '', operand, ...rest] = positionals
  if (!['add', 'list', 'revoke'].includes(command)) throw new TypeError(`keys takes add, list or revoke\n\n${keysHelp}`)
  if (rest.length > 0 || (command === 'list' && operand !== undefined)) {
    throw new TypeError(`keys ${command}: too many arguments`)
  }
  const storage = await openStorage({
    directory: values.data,
    database: readDatabase(values.database),
    migrates: false,
  })
  try {
    if (command === 'list') return await list(storage)
    if (operand === undefined || !/^[\w.-]{1,60}$/.test(operand)) {
      throw new TypeError(`keys ${command} takes a name: 1 to 60 letters, digits, dots, hyphens and underscores`)
    }
    if (command === 'add') return await add(storage, operand)
    const { secretKey } = await readKeyFile(values.data)
    return await revoke(storage, operand, secretKey)
  } finally {
    await storage.close()
  }
}

async function add(storage: Storage, name: string): Promise<string> {
  const random = randomBytes(32).toString('hex')
  const { instanceType } = await findInstance(storage)
  const key = `sk_${instanceType}_${random}`
  const note: SecretKeyNote = { digest: await digest(key), name, createdAt: Date.now() }
  await change(storage, (row) => {
    if (notesOf(row).some((one) => one.name === name)) throw new Error(`there is a key of the name ${name} already`)
    if (row.secretKeyDigests.length >= mostKeys) throw new Error(`there are ${mostKeys} keys already: revoke one first`)
    return {
      ...row,
      hasHadKeys: true,
      secretKeyDigests: [...row.secretKeyDigests, note.digest],
      secretKeyNotes: [...notesOf(row), note],
    }
  })
  return `${key}\n`
}

async function list(storage: Storage): Promise<string> {
  const row = await findInstance(storage)
  const lines = row.secretKeyDigests.map((one) => {
    const note = notesOf(row).find(({ digest }) => digest === one)
    const made = note ? new Date(note.createdAt).toISOString().slice(0, 16) : '-'.padEnd(16)
    return `${secretKeyId(one)}  ${made}  ${note?.name ?? '(no name)'}\n`
  })
  return lines.join('') || 'There are no keys.\n'
}

async function revoke(storage: Storage, which: string, kept: string | undefined): Promise<string> {
  const keptDigest = kept === undefined ? undefined : await digest(kept)
  const revoked = await change(storage, (row) => {
    const notes = notesOf(row)
    const named = notes.find(({ name }) => name === which)?.digest
    const found = row.secretKeyDigests.filter((one) => one === named || secretKeyId(one) === which)
    const [one] = found
    if (one === undefined || found.length > 1) throw new Error(`there is no key ${which}: see keys list`)
    if (row.secretKeyDigests.length === 1) throw new Error('it is the only key: add another before it is revoked')
    if (one === keptDigest) {
      throw new Error('it is the key of keys.env, by which the server starts: put another in its place there first')
    }
    return {
      ...row,
      secretKeyDigests: row.secretKeyDigests.filter((other) => other !== one),
      secretKeyNotes: notes.filter((note) => note.digest !== one),
    }
  })
  return revoked ? `${which} opens nothing any more, in every server within a second.\n` : ''
}

/** The notes of the keys that are accepted; of others nothing is kept. */
function notesOf({ secretKeyNotes = [], secretKeyDigests }: InstanceRow): readonly SecretKeyNote[] {
  return secretKeyNotes.filter(({ digest }) => secretKeyDigests.includes(digest))
}

async function findInstance(storage: Storage): Promise<InstanceRow> {
  const row = await storage.find('instances', instanceId)
  if (!row) throw new Error('no server has been started on this database')
  return row
}

async function change(storage: Storage, to: (row: InstanceRow) => InstanceRow): Promise<boolean> {
  await findInstance(storage)
  return storage.transact({
    reads: [{ collection: 'instances', id: instanceId }],
    decide(rows) {
      const row = rows.get('instances', instanceId)
      return row ? { writes: [{ put: 'instances', row: to(row) }], result: true } : { writes: [], result: false }
    },
  })
}
