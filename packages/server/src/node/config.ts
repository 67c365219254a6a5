import { parseArgs } from 'node:util'

/** What the command line asks for. */
export interface Config {
  readonly port: number | undefined
  readonly hostname: string
  readonly directory: string
  readonly allowedOrigins: readonly string[]
  readonly trustedProxies: number
  readonly exposeTestInstance: boolean
  readonly show: 'help' | 'version' | undefined
}

/** What `--help` prints. */
export const help = `acme-server: the user-metadata server, on SQLite

  --port <number>            where to listen (default 8787, or a free port when that is taken)
  --hostname <name>          on which interface (default 127.0.0.1)
  --data <directory>         where the database and the keys are (default .acme)
  --allowed-origin <origin>  an origin whose pages may call, besides those of this machine; may be repeated
  --trusted-proxies <number> how many proxies stand before it, whose X-Forwarded-For is believed (default 0)
  --expose-test-instance     listen beyond this machine although every code of a test instance is 424242
  --clerk-env                instead of starting: print the .env lines that point a Clerk app at the running server
  schema                     instead of starting: push, check, list or roll back schemas; see schema --help

  --version                  print the version
  --help                     print this
`

/**
 * Reads the command line.
 *
 * @throws TypeError for an option that is not known or has no fitting value
 */
export function readConfig(args: readonly string[]): Config {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string' },
      hostname: { type: 'string', default: '127.0.0.1' },
      data: { type: 'string', default: '.acme' },
      database: { type: 'string' },
      'allowed-origin': { type: 'string', multiple: true, default: [] },
      'trusted-proxies': { type: 'string', default: '0' },
      'expose-test-instance': { type: 'boolean', default: false },
      version: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.database !== undefined)
    throw new TypeError('--database: this version keeps its data in SQLite only; see --data')
  const port = values.port === undefined ? undefined : Number(values.port)
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
    throw new TypeError('--port takes a number from 0 to 65535')
  }
  const trustedProxies = Number(values['trusted-proxies'])
  if (!Number.isInteger(trustedProxies) || trustedProxies < 0) throw new TypeError('--trusted-proxies takes a number')
  return {
    port,
    hostname: values.hostname,
    directory: values.data,
    allowedOrigins: values['allowed-origin'],
    trustedProxies,
    exposeTestInstance: values['expose-test-instance'],
    show: values.help ? 'help' : values.version ? 'version' : undefined,
  }
}
