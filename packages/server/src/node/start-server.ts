import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { formatPublishableKey } from '@acme/schema'
import { createServer, type ServerOptions } from '../create-server.ts'
import { createSqliteStorage } from '../storage/sqlite/sqlite-storage.ts'
import { createScryptPasswords } from './scrypt-passwords.ts'
import { serve } from './serve.ts'

/** What a server on this machine needs. */
export interface StartOptions extends Omit<ServerOptions, 'storage' | 'publishableKey'> {
  /** Where the database and the keys are kept. @default './.acme' */
  readonly directory?: string | undefined
  /** @default 8787, or a free one when that is taken */
  readonly port?: number | undefined
  /** @default '127.0.0.1' */
  readonly hostname?: string | undefined
  /** How many proxies of yours stand before it, whose `X-Forwarded-For` is believed. @default 0 */
  readonly trustedProxies?: number | undefined
}

/** A server that runs on this machine. */
export interface RunningServer {
  readonly url: string
  readonly publishableKey: string
  /** The secret key, as the key file has it; the database knows its digest only. */
  readonly secretKey: string
  /** The file that holds both keys, readable by its owner alone. */
  readonly keyFile: string
  /** Whether the keys were made now. */
  readonly isNew: boolean
  /** Takes no more requests, finishes those under way, and closes the database. */
  close(): Promise<void>
}

/** Starts a server on an SQLite database in a directory, making both and the keys when they are not there. */
export async function startServer(options: StartOptions = {}): Promise<RunningServer> {
  const { directory = '.acme', port, hostname = '127.0.0.1', trustedProxies, ...rest } = options
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const storage = createSqliteStorage({ database: new DatabaseSync(join(directory, 'acme.db')) })
  // Bound before the server is made: its publishable key names the port.
  const late: { fetch?: Awaited<ReturnType<typeof createServer>>['fetch'] } = {}
  const listening = await listen({
    port,
    hostname,
    trustedProxies,
    fetch: (request, info) => (late.fetch ? late.fetch(request, info) : notYet()),
  })
  try {
    const publishableKey = formatPublishableKey({ instanceType: 'test', host: new URL(listening.url).host })
    const keyFile = join(directory, 'keys.env')
    const known = await readSecretKey(keyFile)
    const secretKey = known ?? `sk_test_${randomBytes(32).toString('hex')}`
    const server = await createServer({
      passwords: createScryptPasswords(),
      ...rest,
      storage,
      publishableKey,
      secretKeys: rest.secretKeys ?? [],
    })
    if (known === undefined) await server.addSecretKey(secretKey)
    const text = `ACME_PUBLISHABLE_KEY=${publishableKey}\nACME_SECRET_KEY=${secretKey}\nACME_API_URL=${listening.url}\n`
    await writeFile(keyFile, text, { mode: 0o600 })
    late.fetch = server.fetch
    return {
      url: listening.url,
      publishableKey,
      secretKey,
      keyFile,
      isNew: known === undefined,
      async close() {
        await listening.close()
        await server.close()
      },
    }
  } catch (error) {
    await listening.close()
    throw error
  }
}

async function listen({ port, ...options }: Parameters<typeof serve>[0]) {
  try {
    return await serve({ ...options, port: port ?? 8787 })
  } catch (error) {
    // A port that was asked for is not swapped for another.
    if (port !== undefined || (error as { code?: string }).code !== 'EADDRINUSE') throw error
    return serve({ ...options, port: 0 })
  }
}

async function readSecretKey(file: string): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return /^ACME_SECRET_KEY=(\S+)$/m.exec(text)?.[1]
}

async function notYet(): Promise<Response> {
  return new Response(null, { status: 503, headers: { 'retry-after': '1' } })
}
