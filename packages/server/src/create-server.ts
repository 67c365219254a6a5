import { AcmeError, isLoopbackHost, isSecretKey, type JsonObject, parsePublishableKey } from '@acme/schema'
import type { CreateUserBody } from '@acme/schema/wire'
import type { JWK } from 'jose'
import { createApp, type LogEntry, type OpenOther } from './app.ts'
import { digest } from './auth/digest.ts'
import { withForeignHashes } from './auth/foreign-hashes/foreign-passwords.ts'
import { createKeyUses } from './auth/key-uses.ts'
import { createKeyring, publicJwk, signingKid } from './auth/keyring.ts'
import type { Passwords } from './auth/passwords.ts'
import { createPbkdf2Passwords } from './auth/pbkdf2-passwords.ts'
import { createRecent, keyAge, type Recent } from './auth/recent.ts'
import type { AcceptedKey } from './auth/secret-key.ts'
import { createSessionTokens, createSigningKey } from './auth/session-token.ts'
import { createVisitorSecrets } from './auth/visitor-secret.ts'
import { defaultHistory } from './domain/changes/record-change.ts'
import { createActiveClaims } from './domain/claims/active-claims.ts'
import { createId } from './domain/create-id.ts'
import type { Captcha, CodeMessage, Notice, SignUpMode, SignUpRules } from './domain/deps.ts'
import { instanceId } from './domain/instance-id.ts'
import { rotateSigningKey, type SigningKeyRotation } from './domain/keys/rotate-signing-key.ts'
import { signingKeysOf } from './domain/keys/signing-keys.ts'
import { createActivity } from './domain/overview/activity.ts'
import { limitsOf, noLimits } from './domain/sign-in/limits.ts'
import { signInDirectly } from './domain/sign-in/sign-in-directly.ts'
import { createTraffic } from './domain/traffic.ts'
import { createUsers } from './domain/users/create-users.ts'
import { undeliveredLifetime } from './domain/webhooks/lifetimes.ts'
import { toHandler } from './http/answer.ts'
import { type FaultReport, reportOf } from './http/fault-report.ts'
import type { RequestInfo } from './http/request-info.ts'
import type { Instance } from './instance.ts'
import { createLive, type LiveOptions } from './live/live.ts'
import { tellWrites } from './live/tell-writes.ts'
import { type JobOptions, startJobs } from './start-jobs.ts'
import { startWebhooks, type WebhookOptions } from './start-webhooks.ts'
import { readWhenNeeded } from './storage/read-when-needed.ts'
import type { InstanceRow, SigningKeyRow } from './storage/rows.ts'
import { isSealed } from './storage/sealed/sealer.ts'
import type { Storage } from './storage/storage.ts'
import { StorageError } from './storage/storage-error.ts'

/** How many attempts are let through in a while. */
export interface RateLimit {
  readonly attempts: number
  /** In milliseconds. */
  readonly window: number
}

/** How people sign up. */
export interface SignUpOptions {
  /**
   * Who may: everybody, who was invited by the Backend API, or nobody but those whom it creates.
   *
   * @default 'open'
   */
  readonly mode?: SignUpMode | undefined
  /**
   * Whether a sign-up for an address that has an account goes on to the code like any other, and its owner gets a mail
   * instead. A live instance needs {@link ServerOptions.sendNotice} for it.
   *
   * @default false: it answers `form_identifier_exists`, as Clerk does
   */
  readonly hidesAccounts?: boolean | undefined
  /** The page that invitations lead to, where they name none. */
  readonly url?: string | undefined
  /** Tells people from programs. @default nobody is asked */
  readonly captcha?: Captcha | undefined
}

/** What a server is made of. */
export interface ServerOptions {
  /** Where everything is kept; `close` closes it. */
  readonly storage: Storage
  /** Names the host of the Frontend API; `pk_test_` makes a test instance. */
  readonly publishableKey: string
  /** Secret keys that are accepted besides those the storage knows; only digests are kept. */
  readonly secretKeys?: readonly string[] | undefined
  /** How passwords are kept. @default PBKDF2-HMAC-SHA256, 600,000 iterations; on Node, give scrypt from `@acme/server/node` */
  readonly passwords?: Passwords | undefined
  /** Origins whose pages may use the Frontend API; the server's own always may, and loopback ones in test instances. */
  readonly allowedOrigins?: readonly string[] | undefined
  /** Sends the codes of sign-ups and sign-ins. A test instance without it sends nothing, and every code is 424242. */
  readonly sendCode?: ((message: CodeMessage) => Promise<void>) | undefined
  /** Sends mails that carry no code. Without it nobody is mailed an invitation. */
  readonly sendNotice?: ((notice: Notice) => Promise<void>) | undefined
  /** Whether a password is known to have been stolen somewhere: such a one is not taken. @default nobody is asked */
  readonly isBreached?: ((password: string) => Promise<boolean>) | undefined
  /** How people sign up. */
  readonly signUps?: SignUpOptions | undefined
  /** How long a session lasts, in milliseconds. @default 604_800_000, 7 days */
  readonly sessionLifetime?: number | undefined
  /** For how long it is kept what changed about each user, in milliseconds; 0 keeps nothing. @default 7_776_000_000, 90 days */
  readonly historyLifetime?: number | undefined
  /**
   * How many of a user's latest changes are kept while they last, 1 at least; one of more than 2 kB counts as several.
   *
   * @default 1_000
   */
  readonly historySize?: number | undefined
  /**
   * How many sign-ins and sign-ups may be begun from one part of the network. `false` counts nothing at all, neither these
   * nor guesses nor mails: for tests.
   *
   * @default 20 in 10 seconds; live instances also 600 in an hour
   */
  readonly rateLimit?: RateLimit | false | undefined
  /** How many pages are kept current at once, and for how long at a time. */
  readonly live?: LiveOptions | undefined
  /** The private key (JWK) that signs session tokens. @default the storage's, made at the first start */
  readonly signingKey?: JWK | undefined
  /** More RSA keys (JWK) whose tokens are good, while `signingKey` takes the place of another or another its place. */
  readonly verificationKeys?: readonly JWK[] | undefined
  /** The time, in milliseconds since the epoch. @default Date.now */
  readonly clock?: (() => number) | undefined
  /** Has events of users sent to the endpoints that the Backend API names. @default none are sent, and there are no endpoints */
  readonly webhooks?: WebhookOptions | undefined
  /** How work over many users is done in the background. */
  readonly jobs?: JobOptions | undefined
  /**
   * How many requests may be under way at once; more are refused at once by 503 `server_overloaded`, with `Retry-After`.
   *
   * @default 2_000
   */
  readonly maxRequestsUnderWay?: number | undefined
  /** Called after each request. */
  readonly log?: ((entry: LogEntry) => void) | undefined
  /**
   * Called with what goes wrong where no reply tells of it: a mail that could not be sent, a sweep that failed, webhooks
   * that could not be looked for.
   */
  readonly onFault?: ((report: FaultReport) => void) | undefined
}

/** The server: Clerk's Frontend and Backend API for user metadata, as a function from request to response. */
export interface Server {
  /** Answers a request. It never throws: what goes wrong is an error reply. */
  fetch(request: Request, info?: RequestInfo): Promise<Response>
  /** Accepts one more secret key; its digest is kept in the storage, and every process on it accepts the key. */
  addSecretKey(key: string): Promise<void>
  /**
   * Accepts a secret key of the storage no more: within a second in every process on it.
   *
   * @throws AcmeError `secret_key_in_options` for one that was given by `secretKeys`, which the storage does not know
   */
  revokeSecretKey(key: string): Promise<void>
  /**
   * Has session tokens signed by another key, which the storage keeps: in every process on it within a second of when it
   * is to begin. The old one stays published meanwhile and for a while after, so that no session is broken.
   *
   * @throws AcmeError `signing_key_in_options` where it was given by `signingKey`, which the storage does not know
   */
  rotateSigningKey(rotation?: SigningKeyRotation): Promise<void>
  /**
   * Creates users by the rules of `POST /v1/users`, without a request for each, and gives their ids: for imports
   * and for tests.
   *
   * @throws AcmeError with the code of the first refusal; those that are not refused are created
   */
  createUsers(users: readonly CreateUserBody[]): Promise<readonly string[]>
  /**
   * Signs a user in on a client of its own, without any proof: for tests, and for who runs the server. Gives the
   * client's token, which the `__client` cookie carries, or the `Authorization` header where there are no cookies.
   *
   * @throws AcmeError `resource_not_found`
   */
  signIn(userId: string): Promise<string>
  /** How many pages are kept current at present, for whoever measures. */
  readonly openStreams: number
  /**
   * Sends the webhooks that are due, and waits until each was delivered or has failed once: for tests, and for platforms
   * that wake a server now and then instead of letting it run.
   */
  deliverWebhooks(): Promise<void>
  /**
   * Does the jobs that wait, and waits until each is over: for tests, and for platforms that wake a server now and then
   * instead of letting it run.
   */
  runJobs(): Promise<void>
  /** Ends the pages' streams, the sending of webhooks and the jobs of this process, which go on in another or at the next start, waits for writes under way and closes the storage. */
  close(): Promise<void>
}

const instanceKey = { collection: 'instances', id: instanceId } as const

/** How often what is over is deleted, in milliseconds of requests passing by. */
const sweepInterval = 60_000

/**
 * Makes a server.
 *
 * @throws AcmeError `publishable_key_invalid`, `secret_key_invalid`, `sealing_key_missing` for a storage whose secrets are sealed, or
 * `instance_type_mismatch` when the storage is that
 * of a live instance and the key a test one, or the other way round
 */
export function createServer(options: ServerOptions): Promise<Server> {
  return createServerWith(options)
}

/** Makes a server that has a door besides those of the two APIs. */
export async function createServerWith(options: ServerOptions, openOther?: OpenOther): Promise<Server> {
  const { publishableKey, clock = Date.now } = options
  const live = createLive(readWhenNeeded(options.storage), clock, options.live)
  const { instanceType, host } = parsePublishableKey(publishableKey)
  const digests = await Promise.all((options.secretKeys ?? []).map(secretKeyDigest))
  const webhooks = startWebhooks(live.storage, options.webhooks)
  const jobs = startJobs(webhooks.storage, options.jobs)
  const activity = createActivity(clock)
  const storage = tellWrites(jobs.storage, () => true, activity.wrote)
  const row =
    (await storage.find('instances', instanceKey.id)) ??
    (await firstStart(storage, instanceType, clock, options.signingKey))
  if (row.instanceType !== instanceType) {
    const message =
      `The storage is that of a ${row.instanceType} instance, and the publishable key is a ${instanceType} one: ` +
      `give a key that begins with pk_${row.instanceType}_, or another storage. On the command line --origin makes an ` +
      `instance live: ${row.instanceType === 'live' ? 'give it again' : 'leave it out'}, or give another --data or --database.`
    throw new AcmeError({ code: 'instance_type_mismatch', message })
  }
  if (options.signUps?.hidesAccounts && options.sendCode && !options.sendNotice) {
    const message = 'Whose address has an account is told so by a mail: give sendNotice beside signUps.hidesAccounts.'
    throw new AcmeError({ code: 'send_notice_missing', message })
  }
  const report = (cause: unknown) => options.onFault?.(reportOf(cause))
  if (isSealed(row.signingKey)) {
    const message =
      'The storage holds sealed secrets: put sealStorage of @acme/server/node around it, or set ACME_SEALING_KEY.'
    throw new AcmeError({ code: 'sealing_key_missing', message })
  }
  const id = instanceIdOf(row)
  const keysOf = (found: InstanceRow): StoredKeys => {
    // Another process has begun to seal, by a key that this one was not given.
    if (isSealed(found.signingKey)) throw new StorageError('outdated', new Error('secrets are sealed by now'))
    return keysIn(found)
  }
  const keysIn = (found: InstanceRow): StoredKeys => ({
    accepted: [...acceptedKeys(found), ...digests.map((digest) => ({ digest, isStored: false }))],
    signing: signingKeysOf(found, id),
  })
  const current = createRecent(async () => keysOf((await storage.find('instances', instanceKey.id)) ?? row), clock)
  const secretKeys: Recent<readonly AcceptedKey[]> = {
    get(age) {
      const found = current.get(age)
      return found instanceof Promise ? found.then(({ accepted }) => accepted) : found.accepted
    },
    forget: () => current.forget(),
  }
  const { signingKey } = options
  const given = signingKey && [
    { kid: await kidOf(signingKey, row, id), key: signingKey as JsonObject, signsFrom: 0, until: null },
  ]
  const signingKeys = async (age: number) => given ?? (await current.get(age)).signing
  const others = await Promise.all(
    (options.verificationKeys ?? []).map(async (key) => publicJwk(await kidOf(key, row, id), key)),
  )
  const { rateLimit } = options
  const instance: Instance = {
    id,
    storage,
    clock,
    publishableKey,
    origin: `http${isLoopbackHost(host) ? '' : 's'}://${host}`,
    instanceType,
    report,
    secretKeys,
    passwords: withForeignHashes(options.passwords ?? createPbkdf2Passwords()),
    noteUse: createKeyUses(storage, clock, report),
    tokens: createSessionTokens(createKeyring(signingKeys, others), `https://${host}`),
    claims: createActiveClaims(storage, clock),
    sessionLifetime: options.sessionLifetime ?? 604_800_000,
    sendCode: options.sendCode,
    sendNotice: options.sendNotice,
    signUps: rulesOf(options.signUps),
    isBreached: options.isBreached,
    allowedOrigins: new Set(options.allowedOrigins),
    live,
    activity,
    traffic: createTraffic(),
    webhookHosts: new Set(options.webhooks?.allowedHosts),
    sendsWebhooks: options.webhooks !== undefined,
    visitorSecrets: createVisitorSecrets(() => signingKeys(keyAge)),
    history: {
      lifetime: options.historyLifetime ?? defaultHistory.lifetime,
      size: Math.max(1, options.historySize ?? defaultHistory.size),
    },
    limits:
      rateLimit === false
        ? noLimits
        : limitsOf(instanceType, rateLimit && [{ most: rateLimit.attempts, window: rateLimit.window }]),
  }
  const answer = createApp(instance, { log: options.log, most: options.maxRequestsUnderWay, openOther })
  webhooks.begin(instance)
  jobs.begin(instance)
  let sweptAt = clock()

  async function changeKeys(change: (digests: readonly string[]) => readonly string[]): Promise<void> {
    await storage.transact({
      reads: [instanceKey],
      decide(rows) {
        const current = rows.get('instances', instanceKey.id) ?? row
        const next = { ...current, secretKeyDigests: change(current.secretKeyDigests), hasHadKeys: true }
        return { writes: [{ put: 'instances', row: next }], result: undefined }
      },
    })
    current.forget()
  }

  return {
    fetch: toHandler(async (request, info) => {
      const now = clock()
      if (now - sweptAt > sweepInterval) {
        sweptAt = now
        jobs.nudge()
        // What is left is for the requests that come next.
        const before = [now, now - instance.history.lifetime, now - undeliveredLifetime] as const
        if (await storage.sweep(...before).catch(report)) sweptAt = Number.NEGATIVE_INFINITY
      }
      return answer(request, info)
    }),
    async addSecretKey(key) {
      const added = await secretKeyDigest(key)
      await changeKeys((digests) => [...digests, added])
    },
    async revokeSecretKey(key) {
      const revoked = await secretKeyDigest(key)
      if (digests.includes(revoked)) {
        const message = 'This secret key is an option of the server: start it without, and the key opens nothing.'
        throw new AcmeError({ code: 'secret_key_in_options', message })
      }
      await changeKeys((digests) => digests.filter((one) => one !== revoked))
    },
    async rotateSigningKey(rotation) {
      if (given) {
        const message = 'The signing key is an option of the server: start it with another, and the old one beside it.'
        throw new AcmeError({ code: 'signing_key_in_options', message })
      }
      const key = await createSigningKey()
      const made = { kid: await signingKid(id, key), key: key as JsonObject }
      await storage.transact(rotateSigningKey(instanceKey, made, id, clock(), rotation))
      current.forget()
    },
    createUsers: async (users) => (await createUsers(instance, users)).map(({ id }) => id),
    async signIn(userId) {
      if (!(await storage.find('users', userId)))
        throw new AcmeError({ code: 'resource_not_found', message: 'There is no such user.' })
      return storage.transact(await signInDirectly(instance, userId))
    },
    get openStreams() {
      return live.count()
    },
    deliverWebhooks: () => webhooks.settled(),
    runJobs: () => jobs.settled(),
    async close() {
      live.close()
      await webhooks.close()
      await jobs.close()
      await storage.close()
    },
  }
}

function rulesOf({ mode = 'open', hidesAccounts = false, url, captcha }: SignUpOptions = {}): SignUpRules {
  return { mode, hidesAccounts, url, captcha }
}

async function firstStart(
  storage: Storage,
  instanceType: InstanceRow['instanceType'],
  clock: () => number,
  signingKey: JWK | undefined,
): Promise<InstanceRow> {
  const row: InstanceRow = {
    id: instanceKey.id,
    instanceType,
    secretKeyDigests: [],
    signingKey: (signingKey ?? (await createSigningKey())) as JsonObject,
    createdAt: clock(),
  }
  return storage.transact({
    reads: [instanceKey],
    // Another process may have been faster.
    decide(rows) {
      const known = rows.get('instances', instanceKey.id)
      return { writes: known ? [] : [{ put: 'instances', row }], result: known ?? row }
    },
  })
}

/** What is kept of the row of the instance, for as long as it is recent. */
interface StoredKeys {
  readonly accepted: readonly AcceptedKey[]
  readonly signing: readonly SigningKeyRow[]
}

function acceptedKeys({ secretKeyDigests, secretKeyNotes = [] }: InstanceRow): readonly AcceptedKey[] {
  return secretKeyDigests.map((digest) => {
    const { scopes } = secretKeyNotes.find((note) => note.digest === digest) ?? {}
    return { digest, isStored: true, ...(scopes && { scopes }) }
  })
}

/** Names a key that is given: the storage's first one has the name of the instance. */
async function kidOf(key: JWK, row: InstanceRow, id: string): Promise<string> {
  const [first = { kid: id, key: row.signingKey }] = row.signingKeys ?? []
  return first.key['n'] === key.n ? first.kid : signingKid(id, key)
}

/** Names an instance, and its first signing key. */
export function instanceIdOf({ createdAt }: InstanceRow): string {
  // The time alone, so that every process of the instance names its key alike.
  return createId('instance', createdAt).slice(0, 'ins_'.length + 8)
}

async function secretKeyDigest(key: string): Promise<string> {
  if (!isSecretKey(key)) {
    throw new AcmeError({
      code: 'secret_key_invalid',
      message: 'Not a secret key: it has the form sk_test_… or sk_live_….',
    })
  }
  return digest(key)
}
