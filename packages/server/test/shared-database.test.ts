import { access, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { inspect } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { newDatabase } from '../../conformance/new-database.ts'
import { createWire } from '../../conformance/wire.ts'
import { readConfig } from '../src/node/config.ts'
import { openStorage } from '../src/node/open-storage.ts'
import { createPostgresStorage } from '../src/storage/postgres/postgres-storage.ts'
import { call, newFolder, readKeys, start, startIn } from './command-line-setup.ts'
import { startServer } from './setup.ts'

async function newUrl(password = ''): Promise<string> {
  const { url, drop } = await newDatabase()
  onTestFinished(drop)
  return url.replace('postgres@', `postgres:${password}@`)
}

/** Finds out what became of a process: it listens, or it has ended with a status. */
const became = (running: ReturnType<typeof start>) =>
  Promise.race([running.until('Ctrl-C stops').then(() => 'listens'), running.exit])

test('servers share a PostgreSQL and its keys, and what one is told holds in each', async () => {
  const url = await newUrl()
  const [folder, another] = [await newFolder(), await newFolder()]
  const first = start('--database', url, '--data', folder, '--port', '0')
  await first.until('Ctrl-C stops')
  const keys = await readKeys(folder)

  const stranger = start('--database', url, '--data', another, '--port', '0')
  expect(await stranger.exit).toBe(1)
  expect(stranger.output()).toContain('has a secret key already')
  expect(stranger.output()).toContain('ACME_SECRET_KEY')
  await expect(access(join(another, 'keys.env'))).rejects.toThrow()

  // Given the keys, it needs no directory.
  const cwd = dirname(another)
  const env = { ACME_DATABASE_URL: url, ...keys, ACME_API_URL: '' }
  const second = startIn({ env, cwd }, '--port', '0')
  await second.until('Ctrl-C stops')
  const [at = ''] = /http:\S+/.exec(second.output()) ?? []
  expect(second.output()).toContain(keys['ACME_PUBLISHABLE_KEY'])
  expect(second.output()).not.toContain(keys['ACME_SECRET_KEY'])
  await expect(access(join(cwd, '.acme'))).rejects.toThrow()
  const other: Record<string, string> = { ...keys, ACME_API_URL: at }

  const ada = (await call(keys, '/v1/users', { username: 'ada' })) as { id: string }
  expect(await call(other, `/v1/users/${ada.id}`)).toEqual(ada)

  // A schema that one of them is given is the rule of each from the next write on.
  const schemas = { public: { properties: { plan: { enum: ['free'] } } } }
  const wires = [keys, other].map(({ ACME_API_URL: wireUrl = '', ACME_SECRET_KEY: secretKey = '' }) =>
    createWire({ url: wireUrl, secretKey, publishableKey: '', close: async () => {} }),
  )
  onTestFinished(() => void wires.forEach((wire) => void wire.close()))
  const write = (plan: string) =>
    Promise.all(
      wires.map((wire) => wire.backend('PATCH', `/v1/users/${ada.id}/metadata`, { public_metadata: { plan } })),
    )
  expect((await wires[0]?.backend('PUT', '/v1/metadata_schemas', { schemas }))?.status).toBe(200)
  expect((await write('gold')).map(({ status }) => status)).toEqual([422, 422])
  expect((await write('free')).map(({ status }) => status)).toEqual([200, 200])

  // Who signed up at one is signed in at each, and a token of one is good at each.
  const bea = await wires[0]?.signUp('bea')
  expect((await wires[1]?.frontend(bea?.cookie ?? '', 'GET', '/v1/me'))?.json.response.id).toBe(bea?.userId)

  // A key that was added or revoked elsewhere.
  const elsewhere = await startServer({ storage: await createPostgresStorage({ url }) })
  const added = 'sk_test_added_elsewhere'
  const statuses = () =>
    Promise.all(
      wires.map(async (wire) => {
        const asked = await wire.backend('GET', '/v1/users/count', undefined, { authorization: `Bearer ${added}` })
        return asked.status
      }),
    )
  expect(await statuses()).toEqual([401, 401])
  await elsewhere.addSecretKey(added)
  await expect.poll(statuses).toEqual([200, 200])
  await elsewhere.revokeSecretKey(added)
  await expect.poll(statuses).toEqual([401, 401])
  await elsewhere.close()
})

test('of servers that start at once on a new database one makes the keys, and a copy of its file starts another', async () => {
  const url = await newUrl()
  const folders = await Promise.all([newFolder(), newFolder(), newFolder()])
  const starting = folders.map((folder) => start('--database', url, '--data', folder, '--port', '0'))
  const all = await Promise.all(starting.map(became))
  expect([...all].sort()).toEqual([1, 1, 'listens'])
  const [kept = '', copy = ''] = [folders[all.indexOf('listens')], folders[all.indexOf(1)]]
  await mkdir(copy, { recursive: true })

  await writeFile(join(copy, 'keys.env'), await readFile(join(kept, 'keys.env')))
  const again = start('--database', url, '--data', copy, '--port', '0')
  await again.until('Ctrl-C stops')
  const [keys, others] = [await readKeys(kept), await readKeys(copy)]
  expect({ ...others, ACME_API_URL: '' }).toEqual({ ...keys, ACME_API_URL: '' })
  expect(others['ACME_API_URL']).not.toBe(keys['ACME_API_URL'])
  expect(await call(others, '/v1/users/count')).toMatchObject({ total_count: 0 })
  // A key that the database does not know starts nothing.
  const env = { ...keys, ACME_SECRET_KEY: 'sk_test_of_another' }
  const wrong = startIn({ env }, '--database', url, '--port', '0')
  expect(await wrong.exit).toBe(1)
  expect(wrong.output()).toContain('does not know the secret key')
  expect(wrong.output()).not.toContain('sk_test_of_another')
})

test('the password of a database is in no output and no file, whatever is wrong with its URL', async () => {
  const url = await newUrl('canary-word')
  const folder = await newFolder()
  const server = startIn({ env: { ACME_DATABASE_URL: url } }, '--data', folder, '--port', '0')
  await server.until('Ctrl-C stops')
  const keys = await readKeys(folder)
  await call(keys, '/v1/users', { username: 'ada' })
  expect(server.output()).toContain(`PostgreSQL at ${new URL(url).host}`)
  server.child.kill('SIGTERM')
  expect(await server.exit).toBe(0)
  for (const file of await readdir(folder)) expect(await readFile(join(folder, file), 'latin1')).not.toContain('canary')

  expect(server.output()).not.toContain('canary')

  const messageOf = async (given: string) => {
    const refusal = await Promise.resolve()
      .then(() => openStorage({ directory: folder, database: readConfig(['--database', given]).database }))
      .catch((error: unknown) => error)
    // As deep as anybody may print it.
    expect(inspect(refusal, { depth: 9, showHidden: true })).not.toContain('canary')
    return (refusal as Error).message
  }
  const nobody = 'postgres://canary-user:canary-word@127.0.0.1:1/acme'
  const [refused, another] = await Promise.all([messageOf(nobody), messageOf(nobody.replace(':1/', ':1,127.0.0.1:2/'))])
  expect(refused).toBe('PostgreSQL at 127.0.0.1:1/acme is unreachable (ECONNREFUSED)')
  expect(another).toContain('PostgreSQL at 127.0.0.1:1,127.0.0.1:2/acme is unreachable')
  const form = 'postgres://user:password@host:port/database'
  expect(await messageOf('mysql://root:canary-word@127.0.0.1/acme')).toContain(form)
  expect(await messageOf('postgres://root:canary/word@127.0.0.1:1:2/acme')).toContain(form)
  expect(await messageOf('postgres://root:canary-word%zz@127.0.0.1:1/acme')).toContain(form)
})
