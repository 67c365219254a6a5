import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { newDatabase } from '../../conformance/new-database.ts'
import { scaled } from '../../conformance/scaled.ts'
import { createPbkdf2Passwords } from '../src/index.ts'
import { importDeps } from '../src/node/import-from/import-deps.ts'
import { runImportFrom } from '../src/node/import-from/import-from-command.ts'
import { createReport } from '../src/node/import-from/import-report.ts'
import { importUsers } from '../src/node/import-from/import-users.ts'
import { readMapping } from '../src/node/import-from/metadata-mapping.ts'
import { sourceOf } from '../src/node/import-from/sources/sources.ts'
import { runInfer } from '../src/node/infer/infer-command.ts'
import { createScryptPasswords } from '../src/node/scrypt-passwords.ts'
import { startServer as startOnDirectory } from '../src/node/start-server.ts'
import { createSqliteStorage } from '../src/storage/sqlite/sqlite-storage.ts'
import type { Storage } from '../src/storage/storage.ts'
import { newFolder, startIn } from './command-line-setup.ts'
import { auth0Export, clerkExport, type ForeignExport, firebaseExport, supabaseExport } from './foreign-exports.ts'
import { newBrowser, sendBackend, startServer } from './setup.ts'

const users = scaled(10_000, 300)
/** Of the shapes that a product has besides. */
const fewer = Math.min(users, 200)

const exports: Record<string, ForeignExport> = {
  'Clerk, CSV': clerkExport(users, true),
  'Clerk, JSON': clerkExport(fewer, false),
  'Supabase, CSV': supabaseExport(users, 'csv'),
  'Supabase, a JSON list': supabaseExport(fewer, 'json'),
  'Supabase, lines of JSON': supabaseExport(fewer, 'ndjson'),
  Auth0: auth0Export(users),
  Firebase: firebaseExport(users),
}

/** Writes the files of an export into a folder of their own; gives the folder and the name of the first. */
async function write({ files }: ForeignExport): Promise<{ cwd: string; file: string }> {
  const cwd = await newFolder()
  await mkdir(cwd)
  for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, name), text)
  return { cwd, file: Object.keys(files)[0] ?? '' }
}

/** Runs the command in this process, in a folder; gives what was said. */
async function run(cwd: string, ...args: string[]): Promise<string> {
  const said: string[] = []
  const spies = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation((text) => said.push(String(text)) > 0),
  )
  const isFile = (arg: string) => /^[\w-]+\.\w+$/.test(arg) && !arg.startsWith('--')
  const data = args.includes('--data') ? [] : ['--data', join(cwd, '.acme')]
  try {
    await runImportFrom([...args.map((arg) => (isFile(arg) ? join(cwd, arg) : arg)), ...data])
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
  return said.join('')
}

const openIn = (cwd: string) => createSqliteStorage({ database: new DatabaseSync(join(cwd, '.acme', 'acme.db')) })

async function rowsOf(storage: Storage): Promise<string> {
  const rows: string[] = []
  for await (const writes of storage.dump()) rows.push(...writes.map((row) => JSON.stringify(row)))
  return rows.join('\n')
}

describe.each(Object.entries(exports))('an export of %s', (_, given) => {
  test('is taken but for what is reported, once, and everybody signs in', async () => {
    const { cwd, file } = await write(given)
    const args = ['--from', given.from, file, ...given.options]
    const dry = await run(cwd, ...args, '--dry-run')
    expect(dry).toContain(`${given.users.toLocaleString('en')} imported`)
    await expect(stat(join(cwd, '.acme'))).rejects.toThrow('ENOENT')
    const wouldBe = await readFile(join(cwd, `${file}.report.ndjson`), 'utf8')

    const first = await run(cwd, ...args)
    expect(first).toContain(`${given.users.toLocaleString('en')} imported, 0 there already`)
    const report = await readFile(join(cwd, `${file}.report.ndjson`), 'utf8')
    expect((await stat(join(cwd, `${file}.report.ndjson`))).mode & 0o777).toBe(0o600)
    const lines = report
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const refused = lines.filter(
      ({ outcome, reasons }) => outcome === 'refused' && reasons[0].code !== 'resource_not_found',
    )
    expect(Object.fromEntries(refused.map((line) => [line.external_id, line.reasons[0].code]))).toEqual(given.refused)
    if (given.from !== 'auth0') expect(wouldBe).toBe(report)
    expect(lines.find(({ external_id: id }) => /oversized$/.test(id)).reasons[0]).toMatchObject({
      limit: 8_192,
      bytes: expect.any(Number),
    })
    expect(report).not.toContain('xxxx')
    expect(report).not.toContain('$2b$')

    const storage = openIn(cwd)
    const { derivations } = createScryptPasswords()
    const server = await startServer({
      storage,
      passwords: { ...createPbkdf2Passwords({ iterations: 1 }), derivations },
    })
    const before = await rowsOf(storage)
    expect(await storage.countUsers({})).toBe(given.users)
    const [sample] = await storage.listUsers({
      filter: { emailAddresses: [given.sample.emailAddress] },
      orderBy: 'created_at',
      direction: 'ascending',
      limit: 1,
      offset: 0,
    })
    expect(sample?.metadata).toEqual(given.sample.metadata)

    const second = await run(cwd, ...args)
    expect(second).toContain(`0 imported, ${given.users.toLocaleString('en')} there already`)
    expect(await readFile(join(cwd, `${file}.report.ndjson`), 'utf8')).toBe(report)
    expect(await rowsOf(storage)).toBe(before)

    for (const [identifier, text] of given.passwords) {
      const signIn = async (tried: string) =>
        (
          await newBrowser(server).send('POST', '/v1/client/sign_ins', {
            strategy: 'password',
            identifier,
            password: tried,
          })
        ).status
      expect([identifier, await signIn('another horse battery')]).toEqual([identifier, 422])
      expect([identifier, await signIn(text)]).toEqual([identifier, 200])
      expect([identifier, await signIn(text)]).toEqual([identifier, 200])
    }
    // Each has the hash of the house by now, which a further import leaves alone.
    const kept = await rowsOf(storage)
    await run(cwd, ...args)
    expect(await rowsOf(storage)).toBe(kept)
    await server.close()
  })
})

test('an import that was stopped goes on when it is run again, and nobody is there twice', async () => {
  const given = supabaseExport(400, 'ndjson')
  const { cwd, file } = await write(given)
  await mkdir(join(cwd, '.acme'))
  const source = sourceOf('supabase')
  const choices = { mapping: readMapping(source, []), takesUnverified: false, passwords: 'refuse' as const }
  const storage = openIn(cwd)
  let written = 0
  const stopping: Storage = {
    ...storage,
    transact: (transaction) =>
      written++ >= 150 ? Promise.reject(new Error('stopped')) : storage.transact(transaction),
  }
  const report = createReport(join(cwd, 'report'))
  const path = join(cwd, file)
  await expect(importUsers(await importDeps(stopping), path, source, choices, report)).rejects.toThrow('stopped')
  const there = await storage.countUsers({})
  expect(there).toBeGreaterThan(0)
  expect(there).toBeLessThan(given.users)
  const counts = await importUsers(await importDeps(storage), path, source, choices, report)
  expect(counts).toMatchObject({ imported: given.users - there, known: there })
  expect(await storage.countUsers({})).toBe(given.users)
  await report.close()
  await storage.close()
})

test('three commands make a running server of an export, and the schemas that its users keep to', async () => {
  const given = clerkExport(40, false)
  const { cwd, file } = await write(given)
  const data = ['--data', join(cwd, '.acme')]
  await run(cwd, '--from', 'clerk', file)
  const out = join(cwd, 'metadata.ts')
  expect(await runInfer([...data, '--out', out])).toContain(`${given.users} of ${given.users} users`)
  expect(await readFile(out, 'utf8')).toContain("plan: z.enum(['free', 'pro'])")
  const running = await startOnDirectory({ directory: join(cwd, '.acme'), port: 0 })
  const { url, secretKey } = running
  const response = await fetch(`${url}/v1/users/count`, { headers: { authorization: `Bearer ${secretKey}` } })
  expect(await response.json()).toMatchObject({ total_count: given.users })
  // While it runs, the directory is its own; and what is inferred is read beside it.
  await expect(run(cwd, '--from', 'clerk', file)).rejects.toThrow('another server runs')
  expect(await run(cwd, '--from', 'clerk', file, '--dry-run')).toContain(`${given.users} there already`)
  expect(await runInfer([...data, '--out', out, '--force'])).toContain(`${given.users} users`)
  await running.close()
})

test('what the app has declared holds for whom an import brings: schemas, unique values, and indexes', async () => {
  const cwd = await newFolder()
  await mkdir(cwd)
  const storage = createSqliteStorage({ database: new DatabaseSync(join(cwd, 'acme.db')) })
  const server = await startServer({ storage })
  const schemas = { public: { properties: { plan: { enum: ['free', 'pro'] } } } }
  const declared = { schemas, options: { indexes: ['public.plan'], unique: ['private.customer'] } }
  expect((await sendBackend(server, 'PUT', '/v1/metadata_schemas', declared)).status).toBe(200)
  await server.runJobs()
  const user = (id: number, plan: string, customer: string) =>
    JSON.stringify({
      id: `user_${id}`,
      username: `name_${id}`,
      public_metadata: { plan },
      private_metadata: { customer },
    })
  const file = join(cwd, 'users.json')
  const lines = [user(1, 'pro', 'cus_1'), user(2, 'gold', 'cus_2'), user(3, 'pro', 'cus_1'), user(4, 'free', 'cus_4')]
  await writeFile(file, lines.join('\n'))
  const source = sourceOf('clerk')
  const choices = { mapping: readMapping(source, []), takesUnverified: false, passwords: 'refuse' as const }
  const report = createReport(join(cwd, 'report'))
  const counts = await importUsers(await importDeps(storage), file, source, choices, report)
  await report.close()
  expect(counts).toMatchObject({ imported: 2, refused: 2 })
  const text = await readFile(join(cwd, 'report'), 'utf8')
  const refused = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(refused.map(({ record, reasons }) => [record, reasons[0].code, reasons[0].path])).toEqual(
    expect.arrayContaining([
      [2, 'form_param_value_invalid', ['plan']],
      [3, 'metadata_not_unique', expect.anything()],
    ]),
  )
  expect(text).not.toMatch(/gold|cus_1/)
  const found = await sendBackend(server, 'GET', '/v1/users?metadata[private][customer]="cus_1"')
  expect(found.json.map(({ external_id: id }: { external_id: string }) => id)).toEqual(['user_1'])
  await server.close()
})

test('the command line takes it from a shell, and says where everything goes before it begins', async () => {
  const { cwd, file } = await write(clerkExport(3, true))
  const running = startIn({ cwd }, 'import', '--from', 'clerk', file)
  expect(await running.exit).toBe(0)
  expect(running.output()).toMatch(/private_metadata +private[\s\S]*5 imported, 0 there already, 7 refused/)
  const wrong = startIn({ cwd }, 'import', '--from', 'clerk')
  expect(await wrong.exit).toBe(1)
  expect(wrong.output()).toContain('takes one file')
})

test('PostgreSQL is filled alike, while nothing has to stand still', async () => {
  const given = clerkExport(120, false)
  const { cwd, file } = await write(given)
  const { url, drop } = await newDatabase()
  onTestFinished(drop)
  expect(await run(cwd, '--from', 'clerk', file, '--database', url)).toContain(`${given.users} imported`)
  expect(await run(cwd, '--from', 'clerk', file, '--database', url)).toContain(`${given.users} there already`)
  expect(await run(cwd, '--from', 'clerk', file, '--database', url, '--dry-run')).toContain(
    `${given.users} there already`,
  )
})

test('what cannot be read is refused before anything is written, with the words of what to do', async () => {
  const cwd = await newFolder()
  await mkdir(cwd)
  const refusal = async (name: string, text: string, ...args: string[]) => {
    await writeFile(join(cwd, name), text)
    const refused = await run(cwd, '--from', ...args, name).catch((error: Error) => error.message)
    await expect(stat(join(cwd, '.acme'))).rejects.toThrow('ENOENT')
    return refused
  }
  const user = '{"id":"user_1","username":"ada"}'
  expect(await refusal('a.json', `[${user},{"id":"u`, 'clerk')).toContain('ends before its end, after 1 users')
  expect(await refusal('b.json', `[${user}, 7]`, 'clerk')).toContain('something that is no object')
  expect(await refusal('c.json', `${user}]`, 'clerk')).toContain('closes more than it opens')
  expect(await refusal('d.json', `${user}{"id":}`, 'clerk')).toContain('not valid JSON')
  expect(await refusal('e.csv', 'id,username\n"user_1","a', 'clerk')).toContain('ends within quotes')
  expect(await refusal('f.csv', 'id,username\nuser_1\n', 'clerk')).toContain('row 1 has 1 columns')
  expect(await refusal('g.json', user, 'other')).toContain('clerk, supabase, auth0, firebase')
  expect(await refusal('h.json', '{"uid":1,"name":"x"}', 'auth0')).toContain('no export of auth0')
  expect(await refusal('i.csv', 'user_id\nx\n', 'auth0')).toContain('read as JSON')
  expect(await refusal('j.json', user, 'clerk', '--map', 'app_metadata=public')).toContain('clerk has public_metadata')
  expect(await refusal('k.json', user, 'clerk', '--map', 'public_metadata=secret')).toContain(
    'private, public, unsafe, none',
  )
  const hashed =
    '{"users":[{"localId":"1","email":"a@example.com","emailVerified":true,"passwordHash":"x","salt":"y"}]}'
  expect(await refusal('l.json', hashed, 'firebase')).toContain('--hash-config')
})

test('whoever chooses so takes unverified addresses, and people without a password that is not known', async () => {
  const given = supabaseExport(5, 'json')
  const { cwd, file } = await write(given)
  const args = ['--from', 'supabase', file]
  const loose = await run(
    cwd,
    ...args,
    '--take-unverified',
    '--skip-unknown-passwords',
    '--map',
    'raw_app_meta_data=public',
  )
  expect(loose).toContain(`${given.users + 3} imported`)
  expect(loose).toContain('raw_app_meta_data                 public')
  const without = await run(cwd, ...args, '--without-passwords', '--data', join(cwd, 'other'))
  expect(without).toContain(`${given.users + 2} imported`)
  const warned = await run(
    cwd,
    ...args,
    '--map',
    'raw_user_meta_data=public',
    '--dry-run',
    '--data',
    join(cwd, 'third'),
  )
  expect(warned).toContain('Users could write raw_user_meta_data themselves')
})
