import { chmod, mkdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { formatPublishableKey } from '@acme/schema'
import { expect, onTestFinished, test } from 'vitest'
import { newDatabase } from '../../conformance/new-database.ts'
import { type StartOptions, startServer } from '../src/node/start-server.ts'
import { createPostgresStorage } from '../src/storage/postgres/postgres-storage.ts'
import { newFolder, readKeys } from './command-line-setup.ts'
import { startServer as startInMemory } from './setup.ts'

async function start(options: StartOptions) {
  const server = await startServer({ port: 0, ...options })
  let isClosed = false
  const close = async () => {
    if (!isClosed) await server.close()
    isClosed = true
  }
  onTestFinished(close)
  return { ...server, close }
}

const sendCode = async () => {}
const live = formatPublishableKey({ instanceType: 'live', host: 'accounts.example.com' })

test('what holds keys is its owner’s alone, also in a directory that was there before', async () => {
  const directory = await newFolder()
  await mkdir(directory, { recursive: true })
  await chmod(directory, 0o755)
  const server = await start({ directory })
  for (const name of ['acme.db', 'acme.db-wal', 'acme.db-shm', 'keys.env']) {
    expect([name, (await stat(join(directory, name))).mode & 0o777]).toEqual([name, 0o600])
  }
  await server.close()
  await chmod(join(directory, 'acme.db'), 0o644)
  await start({ directory })
  expect((await stat(join(directory, 'acme.db'))).mode & 0o777).toBe(0o600)
})

test('a live instance may be reached from elsewhere, and its directory starts no test instance', async () => {
  const directory = await newFolder()
  await expect(start({ directory, hostname: '0.0.0.0' })).rejects.toThrow('--expose-test-instance')
  await expect(start({ directory, publishableKey: live })).rejects.toThrow('sendCode')
  const server = await start({ directory, hostname: '0.0.0.0', publishableKey: live, sendCode })
  await server.close()
  const keys = await readKeys(directory)
  await expect(start({ directory })).rejects.toMatchObject({ code: 'instance_type_mismatch' })
  expect(await readKeys(directory)).toEqual(keys)
})

test('a key is in the file before it opens anything, so that a start that fails locks nobody out', async () => {
  const { url, drop } = await newDatabase()
  onTestFinished(drop)
  const directory = await newFolder()
  await mkdir(join(directory, 'keys.env.new'), { recursive: true })
  await expect(start({ directory, database: url })).rejects.toThrow('EISDIR')
  await rm(join(directory, 'keys.env.new'), { recursive: true })
  const server = await start({ directory, database: url })
  expect((await readKeys(directory))['ACME_SECRET_KEY']).toBe(server.secretKey)
})

test('a server that joins others is given the publishable key, too', async () => {
  const { url, drop } = await newDatabase()
  onTestFinished(drop)
  const { secretKey, publishableKey } = await start({ directory: await newFolder(), database: url })
  await expect(start({ database: url, secretKey })).rejects.toThrow('ACME_PUBLISHABLE_KEY')
  expect((await start({ database: url, secretKey, publishableKey })).publishableKey).toBe(publishableKey)
})

test('a key that was revoked stays so when the server starts again, even if it was the only one', async () => {
  const { url, drop } = await newDatabase()
  onTestFinished(drop)
  const directory = await newFolder()
  const server = await start({ directory, database: url })
  const elsewhere = await startInMemory({ storage: await createPostgresStorage({ url }), secretKeys: [] })
  await elsewhere.revokeSecretKey(server.secretKey)
  await elsewhere.close()
  await server.close()
  await expect(start({ directory, database: url })).rejects.toThrow('does not know the secret key')
})
