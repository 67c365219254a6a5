import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { freePort } from './free-port.ts'

/** A PgBouncer before a database, in transaction mode: a session of the database is anybody's between two transactions. */
export interface PgBouncer {
  readonly url: string
  /** Kills it where it stands and starts it again at its port. */
  restart(): Promise<void>
  close(): Promise<void>
}

/** The program, where it is: `PGBOUNCER_PATH`, else as systems install it. npm has none. */
export const pgBouncer: string | undefined = [
  process.env['PGBOUNCER_PATH'] ?? '',
  ...(process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'pgbouncer')),
  '/usr/sbin/pgbouncer',
].find((path) => path !== '' && existsSync(path))

/** Starts one before the database of a URL. @throws Error where there is none */
export async function startPgBouncer(url: string): Promise<PgBouncer> {
  if (!pgBouncer) throw new Error('There is no pgbouncer on this machine.')
  const { hostname, port, pathname } = new URL(url)
  const own = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'acme-pgbouncer-'))
  chmodSync(folder, 0o777)
  const file = join(folder, 'pgbouncer.ini')
  const lines = [
    '[databases]',
    `* = host=${hostname} port=${port}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${own}`,
    'unix_socket_dir =',
    'auth_type = any',
    'pool_mode = transaction',
    'default_pool_size = 4',
    'max_client_conn = 200',
    // One of root is not run.
    ...(process.getuid?.() === 0 ? ['user = nobody'] : []),
  ]
  // Whoever asks is the one user there is.
  lines[1] += ' user=postgres'
  writeFileSync(file, `${lines.join('\n')}\n`)
  let child: ChildProcess | undefined
  const stop = () => void child?.kill('SIGKILL')
  const start = async () => {
    child = spawn(pgBouncer as string, [file], { stdio: 'ignore' })
    while (!(await answers(own))) await new Promise((resolve) => setTimeout(resolve, 20))
  }
  process.once('exit', stop)
  await start()
  return {
    url: `postgres://postgres@127.0.0.1:${own}${pathname}?prepare=false`,
    async restart() {
      stop()
      await start()
    },
    async close() {
      stop()
      process.off('exit', stop)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
