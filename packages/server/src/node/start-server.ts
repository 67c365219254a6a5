import { randomBytes } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { formatPublishableKey, isLoopbackHost, parsePublishableKey } from '@acme/schema'
import type { OpenOther } from '../app.ts'
import { digest } from '../auth/digest.ts'
import { createServerWith, type Server, type ServerOptions } from '../create-server.ts'
import { createDashboardDoor } from '../dashboard/door.ts'
import { dashboardPath } from '../dashboard/session-cookie.ts'
import { createCode } from '../domain/dashboard/dashboard-sessions.ts'
import { instanceId } from '../domain/instance-id.ts'
import { type Answering, toAnswering, toHandler } from '../http/answer.ts'
import type { Instance } from '../instance.ts'
import type { JobOptions } from '../start-jobs.ts'
import type { WebhookOptions } from '../start-webhooks.ts'
import type { Storage } from '../storage/storage.ts'
import { createClerkPages } from './clerk-pages.ts'
import { createClerkScripts } from './clerk-scripts.ts'
import type { SealingKeys } from './create-sealer.ts'
import { createDashboardFiles, dashboardFolder } from './dashboard-files.ts'
import { createGuardedFetch } from './guarded-fetch.ts'
import { createHealth } from './health.ts'
import { importId } from './import-command.ts'
import { keyFilePath, readKeyFile, removeKeyFile, writeKeyFile } from './key-file.ts'
import { lockDirectory } from './lock-directory.ts'
import type { MetricsAddress } from './metrics/serve-metrics.ts'
import { startMetrics } from './metrics/start-metrics.ts'
import { describePlace, makeDirectory, openStorage, type Place } from './open-storage.ts'
import { createScryptPasswords } from './scrypt-passwords.ts'
import { serve } from './serve.ts'

/** What a server on this machine needs. */
export interface StartOptions extends Omit<ServerOptions, 'storage' | 'publishableKey' | 'webhooks' | 'jobs'> {
  /**
   * Where the keys are kept, and the database unless it is elsewhere; one server runs on it.
   *
   * @default './.acme'; none where both a database and a secret key are given
   */
  readonly directory?: string | undefined
  /**
   * The URL of a PostgreSQL database, `postgres://user:password@host:port/database`, which any number of servers may
   * share.
   *
   * @default an SQLite database in the directory
   */
  readonly database?: string | undefined
  /** The secret key, which the database knows or which becomes its first. @default that of the directory, else a new one */
  readonly secretKey?: string | undefined
  /**
   * Names the host at which pages reach this server, and every other that shares its database.
   *
   * @default that of the directory where the database is elsewhere, else one that names where the server listens
   */
  readonly publishableKey?: string | undefined
  /** @default 8787, or a free one when that is taken */
  readonly port?: number | undefined
  /** @default '127.0.0.1' */
  readonly hostname?: string | undefined
  /**
   * The keys that seal secrets in the database, each of 32 bytes.
   *
   * @default those of the environment, `ACME_SEALING_KEY` and `ACME_SEALING_KEY_PREVIOUS`
   */
  readonly sealing?: SealingKeys | undefined
  /** Whether private metadata is sealed, too; once it is, it stays so. @default false */
  readonly sealsMetadata?: boolean | undefined
  /** Lets others than this machine reach a test instance, in which every code is 424242. @default false */
  readonly exposeTestInstance?: boolean | undefined
  /** How many proxies of yours stand before it, whose `X-Forwarded-For` is believed. @default 0 */
  readonly trustedProxies?: number | undefined
  /** Whether there is a dashboard, at `/dashboard`, for who has a secret key. @default true */
  readonly dashboard?: boolean | undefined
  /**
   * For how long it goes on as before when it is to stop, in milliseconds, while `/health/ready` says 503: until then a
   * load balancer has to have looked there. @default 0
   */
  readonly drain?: number | undefined
  /** Where to serve metrics for Prometheus, apart from the server. @default nowhere, and nothing is counted for them */
  readonly metrics?: MetricsAddress | undefined
  /**
   * A folder where `@clerk/clerk-js` and `@clerk/ui` are installed, which are served to pages of apps on Clerk's SDKs.
   *
   * @default the working directory for a test instance, none for a live one
   */
  readonly clerkPackages?: string | undefined
  /** How work over many users is done in the background, which needs nothing to be said. */
  readonly jobs?: Omit<JobOptions, 'pollInterval'> | undefined
  /** How webhooks are sent, which needs nothing to be said. */
  readonly webhooks?: Omit<WebhookOptions, 'fetch' | 'pollInterval'> | undefined
}

/** How often to look for webhooks that are due and for jobs that another process has left, in milliseconds, besides after each commit. */
const pollInterval = 1_000

/** A server that runs on this machine. */
export interface RunningServer {
  readonly url: string
  readonly publishableKey: string
  /** The secret key; the database knows its digest only. */
  readonly secretKey: string
  /** The file that holds both keys, readable by its owner alone; undefined where there is no directory. */
  readonly keyFile: string | undefined
  /** Where metrics are; undefined where there are none. */
  readonly metricsUrl: string | undefined
  /** Where the dashboard is; undefined where there is none. */
  readonly dashboardUrl: string | undefined
  /**
   * Makes the address of the dashboard that signs in once, within a minute, as the holder of the secret key.
   *
   * @throws Error where there is no dashboard, or the instance is no test instance on this machine alone
   */
  createDashboardLink(): Promise<string>
  /** Whether the secret key was made now. */
  readonly isNew: boolean
  /** Waits for as long as `drain` says, takes no more requests, finishes those under way, and closes the database. */
  close(): Promise<void>
}

/**
 * Starts a server on an SQLite database in a directory, or on a PostgreSQL database, making what is not there, keys too.
 *
 * @throws Error when another server runs on the directory, when the database cannot be reached or holds half an import,
 * when it does not know the secret key, when it has keys and none is given, or when a test instance would listen beyond
 * this machine; AcmeError `sealing_key_missing` when the database holds what is sealed by a key that was not given
 */
export async function startServer(options: StartOptions = {}): Promise<RunningServer> {
  const { hostname = '127.0.0.1', database, secretKey } = options
  const needsDirectory = database === undefined || secretKey === undefined
  const directory = options.directory ?? (needsDirectory ? '.acme' : undefined)
  if (directory === undefined) return start({ ...options, hostname }, undefined, () => {})
  await makeDirectory(directory)
  const unlock = await lockDirectory(directory)
  try {
    return await start({ ...options, hostname }, directory, unlock)
  } catch (error) {
    unlock()
    throw error
  }
}

type Start = StartOptions & { readonly hostname: string }

async function start(options: Start, directory: string | undefined, unlock: () => void): Promise<RunningServer> {
  const {
    port,
    hostname,
    trustedProxies,
    database,
    exposeTestInstance: _,
    webhooks,
    jobs,
    drain = 0,
    metrics: address,
    ...others
  } = options
  const { dashboard: hasDashboard = true, sealing, sealsMetadata, clerkPackages, ...rest } = others
  const known = directory === undefined ? undefined : await readKeyFile(directory)
  // Servers that share a database have to share the name by which pages reach them, too.
  const givenKey = rest.publishableKey ?? (database === undefined ? undefined : known?.publishableKey)
  assertReachable(options, givenKey)
  const place: Place = { directory: directory ?? '', database, sealing, sealsMetadata }
  const metering = address && (await startMetrics(address))
  const opened = await openStorage(place).catch(async (error: unknown) => {
    await metering?.close()
    throw error
  })
  const storage = metering?.storage(opened) ?? opened
  const kept = rest.secretKey ?? known?.secretKey
  try {
    if (await storage.find('imports', importId)) {
      throw new Error(`an import into ${describePlace(place)} is not finished: run it again`)
    }
    // Whoever has the directory of an SQLite database has its server.
    if (database !== undefined && (kept === undefined || givenKey === undefined) && (await hasKeys(storage))) {
      throw new Error(tellOfKeys(place))
    }
  } catch (error) {
    await Promise.all([storage.close(), metering?.close()])
    throw error
  }
  // Bound before the server is made: its publishable key may name the port.
  const late: { answer?: Answering } = {}
  const listening = await listen({
    port,
    hostname,
    trustedProxies,
    fetch: toHandler((request, info = {}) => (late.answer ? late.answer(request, info) : notYet())),
  }).catch(async (error: unknown) => {
    await Promise.all([storage.close(), metering?.close()])
    throw error
  })
  let server: Server | undefined
  try {
    const here = formatPublishableKey({ instanceType: 'test', host: new URL(listening.url).host })
    const publishableKey = givenKey ?? here
    const secretKey =
      kept ?? `sk_${parsePublishableKey(publishableKey).instanceType}_${randomBytes(32).toString('hex')}`
    const keptKey = await digest(secretKey)
    let instance: Instance | undefined
    const openDashboard: OpenOther = (opened, backend) => {
      instance = opened
      return createDashboardDoor(opened, backend, { files: createDashboardFiles(dashboardFolder()), keptKey })
    }
    const options = { passwords: createScryptPasswords(), ...rest }
    const serverOptions = {
      ...(metering?.options(options) ?? options),
      storage,
      publishableKey,
      secretKeys: rest.secretKeys ?? [],
      webhooks: { ...webhooks, fetch: createGuardedFetch(webhooks), pollInterval },
      jobs: { ...jobs, pollInterval },
    }
    server = await createServerWith(serverOptions, hasDashboard ? openDashboard : undefined)
    const file = { publishableKey, secretKey, apiUrl: listening.url }
    // Before the database knows it: a key that opens it must be somewhere.
    if (kept === undefined && directory !== undefined) await writeKeyFile(directory, file)
    // A new database takes over the key that its owner has already.
    const isFirst = await addFirstKey(storage, secretKey)
    if (!isFirst && kept === undefined) {
      if (database !== undefined) {
        // Another server has begun on it at the same moment.
        if (directory !== undefined) await removeKeyFile(directory)
        throw new Error(tellOfKeys(place))
      }
      await server.addSecretKey(secretKey)
    }
    if (!(await takesKey(server, listening.url, secretKey))) {
      const where =
        rest.secretKey === undefined && directory !== undefined ? `in ${keyFilePath(directory)}` : 'it was given'
      throw new Error(
        `the database (${describePlace(place)}) does not know the secret key ${where}. ` +
          (database === undefined
            ? 'Put back the key file that belongs to the database, or delete it to have a new key made'
            : 'Give the key of a server that runs on it'),
      )
    }
    if (directory !== undefined) await writeKeyFile(directory, file)
    const started = server
    const answer = toAnswering(started.fetch)
    let isStopping = false
    const health = createHealth(storage, () => isStopping)
    const clerk = serveClerk(publishableKey, rest.allowedOrigins, clerkPackages)
    const answering: Answering = async (request, info = {}) =>
      health(request) ?? clerk(request) ?? answer(request, info)
    late.answer = metering?.serve(started, storage, answering) ?? answering
    const dashboardUrl = hasDashboard ? listening.url + dashboardPath : undefined
    return {
      url: listening.url,
      dashboardUrl,
      metricsUrl: metering?.url,
      async createDashboardLink() {
        if (!instance || dashboardUrl === undefined) throw new Error('there is no dashboard')
        if (instance.instanceType !== 'test' || !isLoopbackHost(hostOf(hostname))) {
          throw new Error('only a test instance that this machine alone reaches has links that sign in')
        }
        return `${dashboardUrl}/#code=${await createCode(instance, keptKey)}`
      },
      publishableKey,
      secretKey,
      keyFile: directory === undefined ? undefined : keyFilePath(directory),
      isNew: kept === undefined,
      async close() {
        isStopping = true
        if (drain > 0) await setTimeout(drain)
        await listening.close()
        await started.close()
        await metering?.close()
        unlock()
      },
    }
  } catch (error) {
    await listening.close()
    await (server ?? storage).close()
    await metering?.close()
    throw error
  }
}

/** What answers for Clerk's scripts and the pages that they fill, where a folder has them. */
function serveClerk(publishableKey: string, allowedOrigins: readonly string[] = [], given: string | undefined) {
  const isTest = parsePublishableKey(publishableKey).instanceType === 'test'
  const folder = given ?? (isTest ? process.cwd() : undefined)
  if (folder === undefined) return () => undefined
  const scripts = createClerkScripts(folder)
  const pages = createClerkPages({ publishableKey, allowedOrigins, folder })
  return (request: Request) => scripts(request) ?? pages(request)
}

/** Refuses to have strangers reach an instance that anybody can sign in to, or one that nobody can. */
function assertReachable({ hostname, exposeTestInstance, sendCode }: Start, publishableKey: string | undefined): void {
  const isLive = publishableKey !== undefined && parsePublishableKey(publishableKey).instanceType === 'live'
  if (isLive && !sendCode) {
    throw new Error(
      'a live instance needs a way to send codes: give startServer sendCode, or a key that begins with pk_test_',
    )
  }
  if (!isLive && !exposeTestInstance && !isLoopbackHost(hostOf(hostname))) {
    throw new Error(
      `this is a test instance, in which every code is 424242: whoever reaches ${hostname} can sign in as anybody. ` +
        'Listen on 127.0.0.1, or say that this is meant: --expose-test-instance',
    )
  }
}

/** Whether a database has ever known a secret key. */
async function hasKeys(storage: Storage): Promise<boolean> {
  const row = await storage.find('instances', instanceId)
  return row !== undefined && (row.hasHadKeys || row.secretKeyDigests.length > 0)
}

/** Has a database that has never known a key know this one; of servers that start at once, one does so. */
async function addFirstKey(storage: Storage, secretKey: string): Promise<boolean> {
  const first = await digest(secretKey)
  return storage.transact({
    reads: [{ collection: 'instances', id: instanceId }],
    decide(rows) {
      const row = rows.get('instances', instanceId)
      // One whose keys were all revoked is not new.
      if (!row || row.hasHadKeys || row.secretKeyDigests.length > 0) return { writes: [], result: false }
      const next = { ...row, secretKeyDigests: [first], hasHadKeys: true }
      return { writes: [{ put: 'instances', row: next }], result: true }
    },
  })
}

/** What is said to a server that would join others and does not know their keys. */
function tellOfKeys(place: Place): string {
  return (
    `${describePlace(place)} has a secret key already. Give this server the keys of the one that was started first: by ` +
    'ACME_SECRET_KEY and ACME_PUBLISHABLE_KEY, or by a copy of its keys.env in the --data directory of this one'
  )
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
