import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createMock } from '@acme/msw/node'
import { formatPublishableKey } from '@acme/schema'
import { createPbkdf2Passwords, createServer, type Storage } from '@acme/server'
import { createMemoryStorage } from '@acme/server/memory'
import { serve } from '@acme/server/node'
import { createPostgresStorage } from '@acme/server/postgres'
import { createSqliteStorage } from '@acme/server/sqlite'
import { newDatabase } from './new-database.ts'
import { type Place, secretKey } from './place.ts'

type Fetch = Parameters<typeof serve>[0]['fetch']

async function overHttp(
  storage: Storage,
  cleanUp: () => Promise<void> = async () => {},
  around: (fetch: Fetch) => Fetch = (fetch) => fetch,
): Promise<Place> {
  const late: { server?: Awaited<ReturnType<typeof createServer>> } = {}
  const listening = await serve({
    fetch: around(async (request, info) =>
      late.server ? late.server.fetch(request, info) : new Response(null, { status: 503 }),
    ),
  })
  const publishableKey = formatPublishableKey({ instanceType: 'test', host: new URL(listening.url).host })
  late.server = await createServer({
    storage,
    publishableKey,
    secretKeys: [secretKey],
    passwords: createPbkdf2Passwords({ iterations: 1 }),
    rateLimit: false,
    // Every endpoint takes everything.
    webhooks: { fetch: async () => new Response() },
  })
  return {
    url: listening.url,
    publishableKey,
    secretKey,
    async close() {
      await listening.close()
      await late.server?.close()
      await cleanUp()
    },
  }
}

/** A server on SQLite, reached over HTTP; something may be put around it. */
export async function startSqlite(around?: (fetch: Fetch) => Fetch): Promise<Place> {
  const directory = await mkdtemp(join(tmpdir(), 'acme-conformance-'))
  const database = new DatabaseSync(join(directory, 'acme.db'))
  const storage = createSqliteStorage({ database })
  // Nothing crashes here, and what it has written goes with its folder: waiting for the disk is tried where something does.
  database.exec('PRAGMA synchronous = OFF')
  return overHttp(storage, () => rm(directory, { recursive: true }), around)
}

/** A server on PostgreSQL, reached over HTTP. */
async function startOnPostgres(): Promise<Place> {
  const { url, drop } = await newDatabase()
  return overHttp(await createPostgresStorage({ url }), drop)
}

/** Every server that behaves alike. */
export const targets: Readonly<Record<string, () => Promise<Place>>> = {
  mock: async () => {
    const mock = createMock({ secretKey })
    mock.listen()
    return { url: mock.url, publishableKey: mock.publishableKey, secretKey, close: async () => mock.close() }
  },
  memory: () => overHttp(createMemoryStorage()),
  sqlite: () => startSqlite(),
  postgres: startOnPostgres,
}
