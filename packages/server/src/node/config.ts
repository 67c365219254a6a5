import { parseArgs } from 'node:util'
import { readDatabaseUrl } from '../storage/postgres/database-url.ts'
import { accountFlags } from './account-options.ts'
import { type InstanceOptions, readInstanceOptions } from './instance-options.ts'
import { type MetricsAddress, readMetricsAddress } from './metrics/serve-metrics.ts'
import { readSealingKeys } from './sealing-options.ts'

/** What the command line asks for. */
export interface Config {
  readonly port: number | undefined
  readonly hostname: string
  readonly directory: string | undefined
  readonly database: string | undefined
  /** Of the environment, for servers that share a database and for live ones. */
  readonly instance: InstanceOptions
  readonly allowedOrigins: readonly string[]
  readonly trustedProxies: number
  readonly exposeTestInstance: boolean
  readonly sealsMetadata: boolean
  readonly webhookHosts: readonly string[]
  readonly dashboard: boolean
  readonly clerkPackages: string | undefined
  readonly log: 'text' | 'json'
  /** In milliseconds. */
  readonly drain: number
  /** Where metrics are to be had. */
  readonly metrics: MetricsAddress | undefined
  readonly show: 'help' | 'version' | undefined
}

/** What `--help` prints. */
export const help = `acme-server: the user-metadata server, on SQLite or PostgreSQL

  --port <number>            where to listen (default 8787, or a free port when that is taken)
  --hostname <name>          on which interface (default 127.0.0.1)
  --data <directory>         where the database and the keys are (default .acme)
  --database <url>           keep everything in PostgreSQL: postgres://user:password@host:port/database
  --allowed-origin <origin>  an origin whose pages may call, besides those of this machine; may be repeated
  --trusted-proxies <number> how many proxies stand before it, whose X-Forwarded-For is believed (default 0)
  --expose-test-instance     listen beyond this machine although every code of a test instance is 424242
  --origin <https://host>    be a live instance, which pages reach there
  --smtp <url>               send codes by smtp://user:password@host:port, or smtps:// (see ACME_SMTP_URL)
  --mail-from <address>      whom mails come from
  --mail-command <command>   send codes by a command, which gets each mail as JSON on its standard input
  --mail-templates <directory> words of your own: sign_up.txt, sign_in.txt, and .html beside them
  --seal-private-metadata    seal private metadata, too, where ACME_SEALING_KEY is set; once it is, it stays so
  --log <text|json>          how to log: in lines to read (default), or one line of JSON for each request and fault
  --drain <seconds>          go on for so long when it is to stop, while /health/ready says 503 (default 0)
  --metrics <[address:]port> serve metrics for Prometheus there, at /metrics (by default on 127.0.0.1; see ACME_METRICS_TOKEN)
  --sign-up-mode <mode>      who may sign up: open (default), invitation, or closed
  --sign-up-url <url>        the page that invitations lead to
  --hide-accounts            do not tell at a sign-up who has an account: its owner gets a mail instead
  --breached-passwords <path> take no password of a list of stolen ones, as Have I Been Pwned gives it
  --turnstile-site-key <key> have Turnstile tell people from programs at a sign-up (see ACME_TURNSTILE_SECRET_KEY)
  --webhook-allow-host <name> a host that webhooks may be sent to by http, and wherever it is; may be repeated
  --no-dashboard             serve no dashboard at /dashboard
  --clerk-packages <directory> where @clerk/clerk-js and @clerk/ui are installed, which pages load (default: here)
  --clerk-env                instead of starting: print the .env lines that point a Clerk app at the running server
  init                       instead of starting: make a new app with both sides; see init --help
  schema                     instead of starting: push, check, list, migrate, roll back or infer schemas; see schema --help
  jobs                       instead of starting: list, show, wait for or cancel what is done in the background
  keys                       instead of starting: add, list and revoke secret keys; see keys --help
  users                      instead of starting: look at a user, change, export or erase them; see users --help
  webhooks                   instead of starting: add and list endpoints, rotate, pause, replay; see webhooks --help
  export, import, backup     instead of starting: move everything to another database, or copy it; see export --help

  --version                  print the version
  --help                     print this

Any number of servers may share a PostgreSQL database. The first one makes the keys and keeps them in keys.env of its
--data directory. Each further one is given them, by a copy of that file in a --data directory of its own or by the
environment, and is refused without: a key that every start made would be one more for ever. The publishable key names
where pages reach them all, the proxy before them, and so has to be the same.

  ACME_DATABASE_URL          what --database says, where no other user of the machine can read it
  ACME_SECRET_KEY            with a database, or live: the secret key; with a database no directory is needed then
  ACME_PUBLISHABLE_KEY       with a database, or live: the publishable key
  ACME_SIGNING_KEY           with a database, or live: the private RSA key of session tokens, as PEM or JWK
  ACME_VERIFICATION_KEY      beside ACME_SIGNING_KEY: another RSA key whose tokens are good, the one before or to come
  ACME_METRICS_TOKEN         what has to be shown to see metrics; without, they are for this machine alone
  ACME_SEALING_KEY           32 bytes in base64, by which secrets are sealed in the database (openssl rand -base64 32)
  ACME_SEALING_KEY_PREVIOUS  what they were sealed by before, until keys reseal is through; several behind commas
  ACME_TURNSTILE_SECRET_KEY  with --turnstile-site-key: by which tokens are checked
  ACME_SMTP_URL              live: what --smtp says, where no other user of the machine can read it
`

/** What is read of an instance that is not to be started. */
const noInstance: InstanceOptions = {
  publishableKey: undefined,
  secretKey: undefined,
  signingKey: undefined,
  verificationKeys: [],
  sendCode: undefined,
  sendNotice: undefined,
  signUps: {},
  isBreached: undefined,
}

/**
 * Reads the command line.
 *
 * @throws TypeError for an option that is not known or has no fitting value
 */
export function readConfig(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Config {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string' },
      hostname: { type: 'string', default: '127.0.0.1' },
      data: { type: 'string' },
      database: { type: 'string' },
      'allowed-origin': { type: 'string', multiple: true, default: [] },
      'trusted-proxies': { type: 'string', default: '0' },
      'expose-test-instance': { type: 'boolean', default: false },
      'seal-private-metadata': { type: 'boolean', default: false },
      log: { type: 'string', default: 'text' },
      drain: { type: 'string', default: '0' },
      metrics: { type: 'string' },
      origin: { type: 'string' },
      smtp: { type: 'string' },
      'mail-from': { type: 'string' },
      'mail-command': { type: 'string' },
      'mail-templates': { type: 'string' },
      'webhook-allow-host': { type: 'string', multiple: true, default: [] },
      'clerk-packages': { type: 'string' },
      'no-dashboard': { type: 'boolean', default: false },
      ...accountFlags,
      version: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const show = values.help ? 'help' : values.version ? 'version' : undefined
  const database = readDatabase(values.database, env)
  const port = values.port === undefined ? undefined : Number(values.port)
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
    throw new TypeError('--port takes a number from 0 to 65535')
  }
  const trustedProxies = Number(values['trusted-proxies'])
  if (!Number.isInteger(trustedProxies) || trustedProxies < 0) throw new TypeError('--trusted-proxies takes a number')
  if (show === undefined) readSealingKeys(env)
  const { log } = values
  if (log !== 'text' && log !== 'json') throw new TypeError('--log takes text or json')
  const drain = Number(values.drain) * 1_000
  if (!(drain >= 0 && drain <= 600_000)) throw new TypeError('--drain takes a number of seconds, 600 at most')
  return {
    log,
    drain,
    metrics:
      values.metrics === undefined
        ? undefined
        : readMetricsAddress(values.metrics, env['ACME_METRICS_TOKEN'] || undefined),
    port,
    hostname: values.hostname,
    directory: values.data,
    database,
    instance: show === undefined ? readInstanceOptions(values, env, database !== undefined) : noInstance,
    allowedOrigins: values['allowed-origin'],
    trustedProxies,
    exposeTestInstance: values['expose-test-instance'],
    sealsMetadata: values['seal-private-metadata'],
    webhookHosts: values['webhook-allow-host'],
    dashboard: !values['no-dashboard'],
    clerkPackages: values['clerk-packages'],
    show,
  }
}

/**
 * Reads where the database is, from the command line or else from the environment.
 *
 * @throws TypeError when it is no URL of a PostgreSQL database; never quoting it
 */
export function readDatabase(option: string | undefined, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const database = option ?? (env['ACME_DATABASE_URL'] || undefined)
  if (database === undefined) return undefined
  try {
    readDatabaseUrl(database)
  } catch (error) {
    throw new TypeError(`${option === undefined ? 'ACME_DATABASE_URL' : '--database'}: ${(error as Error).message}`)
  }
  return database
}
