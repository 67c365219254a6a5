// @acme/server as it is run on Node, on SQLite or PostgreSQL, with users in it.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { DatabaseSync } from 'node:sqlite'
import { formatPublishableKey } from '@acme/schema'
import { createServer, type Storage } from '@acme/server'
import { createGuardedFetch, createScryptPasswords, serve } from '@acme/server/node'
import { createPostgresStorage } from '@acme/server/postgres'
import { createSqliteStorage } from '@acme/server/sqlite'
import { runProgram } from './child.ts'
import { fillWithUsers } from './fill-with-users.ts'
import { secretKey } from './secret-key.ts'

/** Where a server keeps its data, and how many users it is to have. */
export interface AcmeOptions {
  readonly sqlite?: string
  readonly postgres?: string
  readonly users: number
  /** @default that of the server */
  readonly historyLifetime?: number
  /** Hosts that webhooks may be sent to, where any are sent. */
  readonly webhookHosts?: readonly string[]
}

/** A server that answers. */
export interface AcmeReady {
  readonly url: string
  /** Some of its users, from all over. */
  readonly userIds: readonly string[]
  /** A cookie for each of the first few of them. */
  readonly cookies: readonly string[]
  /** How many users a second were made, where some were missing. */
  readonly created: number | undefined
}

function openStorage({ sqlite, postgres }: AcmeOptions): Storage | Promise<Storage> {
  if (postgres !== undefined) return createPostgresStorage({ url: postgres })
  return createSqliteStorage({ database: new DatabaseSync(sqlite ?? ':memory:') })
}

runProgram<AcmeOptions, AcmeReady>(async (options) => {
  const storage = await openStorage(options)
  const allowedHosts = options.webhookHosts
  const server = await createServer({
    storage,
    // Any port of this machine is reached by it.
    publishableKey: formatPublishableKey({ instanceType: 'test', host: '127.0.0.1:8787' }),
    secretKeys: [secretKey],
    passwords: createScryptPasswords(),
    rateLimit: false,
    historyLifetime: options.historyLifetime,
    ...(allowedHosts && { webhooks: { fetch: createGuardedFetch({ allowedHosts }), allowedHosts } }),
  })
  const listening = await serve({ fetch: server.fetch })
  const created = await fillWithUsers(server, storage, options.users)
  const userIds: string[] = []
  const step = Math.max(1, Math.floor(options.users / 256))
  for (let offset = 0; offset < options.users; offset += step) {
    const [user] = await storage.listUsers({ filter: {}, orderBy: 'id', direction: 'ascending', limit: 1, offset })
    if (user) userIds.push(user.id)
  }
  const delays = monitorEventLoopDelay({ resolution: 1 })
  delays.enable()
  const tokens = await Promise.all(userIds.slice(0, 64).map((id) => server.signIn(id)))
  return {
    ready: { url: listening.url, userIds, cookies: tokens.map((token) => `__client=${token}`), created },
    /** For how long the thread stood still since it was asked last: the 99th of a hundred times, in milliseconds. */
    async answer() {
      const answer = delays.percentile(99) / 1e6
      delays.reset()
      return answer
    },
    async close() {
      await listening.close()
      await server.close()
    },
  }
})
