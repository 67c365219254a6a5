import { spawn } from 'node:child_process'
import { openSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { newDatabase } from '../../conformance/new-database.ts'
import { createWire, type Wire } from '../../conformance/wire.ts'
import { importFile } from '../src/node/import-command.ts'
import { createMemoryStorage } from '../src/storage/memory/memory-storage.ts'
import { createSqliteStorage } from '../src/storage/sqlite/sqlite-storage.ts'
import type { Storage } from '../src/storage/storage.ts'
import { newFolder, program, readKeys, start } from './command-line-setup.ts'
import { startServer } from './setup.ts'

async function newFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'acme-move-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return join(folder, 'export.ndjson')
}

/** Exports into a file, as a shell does; gives what was said. */
async function exportTo(file: string, ...options: string[]): Promise<string> {
  // Readable by everybody, as a shell may make it.
  const child = spawn(process.execPath, ['--conditions=@acme/source', program, 'export', ...options], {
    stdio: ['ignore', openSync(file, 'w', 0o644), 'pipe'],
  })
  let said = ''
  child.stderr?.on('data', (data) => (said += data))
  expect([await new Promise((resolve) => child.once('close', resolve)), said]).toEqual([0, said])
  return said
}

async function importFrom(file: string, ...options: string[]): Promise<{ status: number | null; said: string }> {
  const running = start('import', file, ...options)
  return { status: await running.exit, said: running.output() }
}

/** The lines between the first, which names the export, and the end. */
async function rowsIn(file: string): Promise<readonly unknown[]> {
  const lines = (await readFile(file, 'utf8')).trim().split('\n').slice(1, -1)
  return lines.map((line) => ({ ...(JSON.parse(line) as object), check: undefined }))
}

const shaIn = (said: string) => /SHA-256 (\w{64})/.exec(said)?.[1]

async function wireTo(folder: string): Promise<Wire> {
  const { ACME_API_URL: url = '', ACME_SECRET_KEY: secretKey = '' } = await readKeys(folder)
  const wire = createWire({ url, secretKey, publishableKey: '', close: async () => {} })
  onTestFinished(() => wire.close())
  return wire
}

test('everything moves from SQLite to PostgreSQL and back, byte for byte, and nobody is signed out', async () => {
  const [home, away] = [await newFolder(), await newFolder()]
  const { url, drop } = await newDatabase()
  onTestFinished(drop)
  const first = start('--data', home, '--port', '0')
  await first.until('Ctrl-C stops')
  const wire = await wireTo(home)
  const ada = await wire.signUp('ada', '{"theme":"dark","10":1,"2":2}')
  const schemas = { public: { properties: { plan: { enum: ['free', 'gold'] } } } }
  await wire.backend('PUT', '/v1/metadata_schemas', { schemas })
  for (const name of ['Ünal', '字', 'a\u{10000}', 'a\uffff']) {
    const user = {
      external_id: name,
      email_address: [`${name.length}-x@example.com`],
      public_metadata: { plan: 'free' },
    }
    await wire.backend('POST', '/v1/users', { ...user, private_metadata: { name }, skip_password_requirement: true })
  }
  const { json: gone } = await wire.backend('POST', '/v1/users', { username: 'gone' })
  await wire.backend('DELETE', `/v1/users/${gone.id}`)
  const { json: token } = await wire.backend('POST', '/v1/sign_in_tokens', { user_id: ada.userId })
  expect(token.token).toBeTruthy()

  // While the server runs.
  const file = await newFile()
  const exported = await exportTo(file, '--data', home)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(await readFile(file, 'utf8')).not.toContain((await readKeys(home))['ACME_SECRET_KEY'])
  first.child.kill('SIGTERM')
  await first.exit

  const intoPostgres = await importFrom(file, '--database', url)
  expect(intoPostgres).toMatchObject({ status: 0, said: expect.stringContaining('as exported') })
  const second = await newFile()
  const [again, rows] = [await exportTo(second, '--database', url), await rowsIn(file)]
  expect(await importFrom(second, '--data', away)).toMatchObject({ status: 0 })
  const third = await newFile()
  const last = await exportTo(third, '--data', away)
  expect([shaIn(intoPostgres.said), shaIn(again), shaIn(last)]).toEqual(Array(3).fill(shaIn(exported)))
  expect(rows.length).toBeGreaterThan(15)
  expect(await rowsIn(third)).toEqual(rows)
  expect(await importFrom(third, '--data', away)).toMatchObject({
    status: 1,
    said: expect.stringContaining('not empty'),
  })

  await copyFile(join(home, 'keys.env'), join(away, 'keys.env'))
  for (const options of [
    ['--data', home, '--database', url],
    ['--data', away],
  ]) {
    const server = start(...options, '--port', '0')
    await server.until('Ctrl-C stops')
    const there = await wireTo(`${options[1]}`)
    expect((await there.frontend(ada.cookie, 'GET', '/v1/me')).json.response.username).toBe('ada')
    const refused = await there.backend('PATCH', `/v1/users/${ada.userId}/metadata`, { public_metadata: { plan: 'x' } })
    expect(refused.status).toBe(422)
    server.child.kill('SIGTERM')
    await server.exit
  }
})

/** Writes a file of many rows, and gives its lines. */
async function newExport(): Promise<{ file: string; lines: readonly string[]; count: number }> {
  const folder = await newFolder()
  await mkdir(folder)
  const server = await startServer({
    storage: createSqliteStorage({ database: new DatabaseSync(join(folder, 'acme.db')) }),
  })
  await server.createUsers(Array.from({ length: 1_500 }, (_, index) => ({ username: `user_${index}` })))
  await server.close()
  const file = await newFile()
  await exportTo(file, '--data', folder)
  const lines = (await readFile(file, 'utf8')).split('\n').slice(0, -1)
  return { file, lines, count: lines.length - 2 }
}

async function rowsOf(storage: Storage): Promise<number> {
  let rows = 0
  for await (const writes of storage.dump()) rows += writes.length
  return rows
}

test('a file that was cut off or changed is refused by the line, and nothing of it is written', async () => {
  const { file, lines, count } = await newExport()
  const storage = createMemoryStorage()
  const refusalOf = async (changed: readonly string[], end = '\n') => {
    await writeFile(file, changed.join('\n') + end)
    const refusal = await importFile(storage, file, 'here').then(
      () => undefined,
      (error: Error) => error.message,
    )
    expect(await rowsOf(storage)).toBe(0)
    return refusal
  }
  const [middle, last] = [1_234, lines.length]
  const line = `${lines[middle - 1]}`
  const swapped = [...lines]
  swapped.splice(middle - 1, 2, `${lines[middle]}`, line)
  const cases: [string, readonly string[], number][] = [
    ['a letter changed', lines.with(middle - 1, line.replace(/user_/, 'User_')), middle],
    ['a line left out', lines.toSpliced(middle - 1, 1), middle],
    ['a line twice', lines.toSpliced(middle - 1, 0, line), middle + 1],
    ['two lines swapped', swapped, middle],
    ['a line that is no JSON', lines.toSpliced(middle - 1, 0, 'x'), middle],
    ['cut between lines', lines.slice(0, middle - 1), middle],
    ['cut within a line', [...lines.slice(0, middle - 1), line.slice(0, 40)], middle],
    ['no end', lines.slice(0, -1), last],
    [
      'another count',
      lines.with(last - 1, `${lines[last - 1]}`.replace(`"rows":${count}`, `"rows":${count + 1}`)),
      last,
    ],
    ['more after the end', [...lines, line], last + 1],
    ['another file', ['{"put":"users"}', ...lines], 1],
    ['a newer format', lines.with(0, `${lines[0]}`.replace('"format":1', '"format":2')), 1],
    ['nothing', [], 1],
  ]
  for (const [what, changed, number] of cases) {
    expect([what, await refusalOf(changed, changed.length > 0 ? '\n' : '')]).toEqual([
      what,
      expect.stringContaining(`line ${number}: `),
    ])
  }
  // As it was, it is taken, without a line break at the end too.
  await writeFile(file, lines.join('\n'))
  expect(await importFile(storage, file, 'here')).toMatchObject({ rows: count, users: 1_500 })
})

test('an import that was stopped goes on where it was, takes no other file, and lets no server start before', async () => {
  const { file, count } = await newExport()
  const folder = await newFolder()
  await mkdir(folder)
  const open = () => createSqliteStorage({ database: new DatabaseSync(join(folder, 'acme.db')) })
  const half = open()
  let batches = 0
  // Stopped with some batches written, as by a kill.
  const stopping: Storage = {
    ...half,
    transact: (transaction) => (batches++ === 2 ? Promise.reject(new Error('stopped')) : half.transact(transaction)),
  }
  await expect(importFile(stopping, file, 'here')).rejects.toThrow('stopped')
  expect(await rowsOf(half)).toBe(1_000)
  const other = await newExport()
  await expect(importFile(half, other.file, 'here')).rejects.toThrow('another import into here is not finished')
  await half.close()

  const server = start('--data', folder, '--port', '0')
  expect(await server.exit).toBe(1)
  expect(server.output()).toContain('is not finished: run it again')

  const resumed = open()
  let written = 0
  const counting: Storage = {
    ...resumed,
    transact(transaction) {
      written++
      return resumed.transact(transaction)
    },
  }
  expect(await importFile(counting, file, 'here')).toMatchObject({ rows: count })
  // To begin, the rows that were left by the thousand, and to end.
  expect(written).toBe(2 + Math.ceil((count - 1_000) / 1_000))
  expect(await rowsOf(resumed)).toBe(count)
  await resumed.close()

  // Killed in earnest, wherever it was by then.
  const { url, drop } = await newDatabase()
  onTestFinished(drop)
  const killed = start('import', file, '--database', url)
  killed.child.kill('SIGKILL')
  await killed.exit
  expect(await importFrom(file, '--database', url)).toMatchObject({ status: 0 })
})

test('a backup that is taken while a server writes holds all that was acknowledged before, and opens', async () => {
  const folder = await newFolder()
  const server = start('--data', folder, '--port', '0')
  await server.until('Ctrl-C stops')
  const wire = await wireTo(folder)
  const acknowledged: string[] = []
  let isOver = false
  const writers = Array.from({ length: 8 }, async (_, writer) => {
    for (let index = 0; !isOver; index++) {
      const { json } = await wire.backend('POST', '/v1/users', { username: `user_${writer}_${index}` })
      acknowledged.push(json.id)
    }
  })
  await expect.poll(() => acknowledged.length).toBeGreaterThan(100)
  const before = [...acknowledged]
  const copy = join(folder, 'copy.db')
  const backup = start('backup', copy, '--data', folder)
  expect(await backup.exit).toBe(0)
  const during = acknowledged.length
  await expect.poll(() => acknowledged.length).toBeGreaterThan(during)
  isOver = true
  await Promise.all(writers)
  expect((await stat(copy)).mode & 0o777).toBe(0o600)

  const database = new DatabaseSync(copy)
  expect(Object.values(database.prepare('PRAGMA integrity_check').get() as object)).toEqual(['ok'])
  const storage = createSqliteStorage({ database })
  const kept = await Promise.all(before.map((id) => storage.find('users', id)))
  expect(kept.filter((user) => !user)).toEqual([])
  const [some] = kept
  expect(await storage.countUsers({ query: `${some?.username}` })).toBeGreaterThan(0)
  await storage.close()
  const twice = start('backup', copy, '--data', folder)
  expect(await twice.exit).toBe(1)
  expect(twice.output()).toContain('is there already')
})
