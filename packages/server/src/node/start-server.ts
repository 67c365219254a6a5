import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { formatPublishableKey, isLoopbackHost } from '@acme/schema'
import { createServer, instanceId, type Server, type ServerOptions } from '../create-server.ts'
import { createSqliteStorage } from '../storage/sqlite/sqlite-storage.ts'
import { keyFilePath, readKeyFile, writeKeyFile } from './key-file.ts'
import { lockDirectory } from './lock-directory.ts'
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
  /** Lets others than this machine reach a test instance, in which every code is 424242. @default false */
  readonly exposeTestInstance?: boolean | undefined
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

/**
 * Starts a server on an SQLite database in a directory, making both and the keys when they are not there.
 *
 * @throws Error when another server runs on the directory, when its database does not know the key of its key file, or
 * when a test instance would listen beyond this machine
 */
export async function startServer(options: StartOptions = {}): Promise<RunningServer> {
  const { directory = '.acme', port, hostname = '127.0.0.1', trustedProxies, exposeTestInstance, ...rest } = options
  if (!exposeTestInstance && !isLoopbackHost(hostOf(hostname))) {
    throw new Error(
      `this is a test instance, in which every code is 424242: whoever reaches ${hostname} can sign in as anybody. ` +
        'Listen on 127.0.0.1, or say that this is meant: --expose-test-instance',
    )
  }
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const unlock = await lockDirectory(directory)
  try {
    return await start({ directory, port, hostname, trustedProxies, ...rest }, unlock)
  } catch (error) {
    unlock()
    throw error
  }
}

async function start(
  { directory, port, hostname, trustedProxies, ...rest }: StartOptions & { readonly directory: string },
  unlock: () => void,
): Promise<RunningServer> {
  const storage = createSqliteStorage({ database: new DatabaseSync(join(directory, 'acme.db')) })
  const known = await readKeyFile(directory)
  // One that was begun and not finished, too.
  const isNewDatabase = !(await storage.find('instances', instanceId))?.secretKeyDigests.length
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
    const secretKey = known.secretKey ?? `sk_test_${randomBytes(32).toString('hex')}`
    const server = await createServer({
      passwords: createScryptPasswords(),
      ...rest,
      storage,
      publishableKey,
      secretKeys: rest.secretKeys ?? [],
    })
    // A new database takes over the key that its owner has already.
    if (known.secretKey === undefined || isNewDatabase) await server.addSecretKey(secretKey)
    else if (!(await takesKey(server, listening.url, secretKey))) {
      throw new Error(
        `the database in ${directory} does not know the secret key in ${keyFilePath(directory)}. ` +
          'Put back the key file that belongs to the database, or delete it to have a new key made',
      )
    }
    await writeKeyFile(directory, { publishableKey, secretKey, apiUrl: listening.url })
    late.fetch = server.fetch
    return {
      url: listening.url,
      publishableKey,
      secretKey,
      keyFile: keyFilePath(directory),
      isNew: known.secretKey === undefined,
      async close() {
        await listening.close()
        await server.close()
        unlock()
      },
    }
  } catch (error) {
    await listening.close()
    await storage.close()
    throw error
  }
}

/** Whether a server takes a secret key. */
async function takesKey({ fetch }: Pick<Server, 'fetch'>, url: string, secretKey: string): Promise<boolean> {
  const request = new Request(`${url}/v1/jwks`, { headers: { authorization: `Bearer ${secretKey}` } })
  return (await fetch(request)).status === 200
}

/** Writes a name to listen on as the host of a URL. */
function hostOf(hostname: string): string {
  return hostname.includes(':') ? `[${hostname}]` : hostname
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

async function notYet(): Promise<Response> {
  return new Response(null, { status: 503, headers: { 'retry-after': '1' } })
}
