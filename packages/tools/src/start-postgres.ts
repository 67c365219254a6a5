import { type SpawnOptions, spawn, spawnSync } from 'node:child_process'
import { appendFileSync, chownSync, closeSync, cpSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { needPostgres } from './fetch-postgres.ts'
import { freePort } from './free-port.ts'

/** A PostgreSQL server of one's own. */
export interface Postgres {
  /** Where it is reached, with its user and database. Everybody on this machine is let in without a password. */
  readonly url: string
  /** The folder of its data. */
  readonly data: string
  /** Kills it where it stands: it gets no time to put anything in order. */
  kill(): void
  /** Stops it, in order. */
  stop(): Promise<void>
  /** Starts it again at its port, after it was stopped or killed. */
  restart(): Promise<void>
  /** Makes a standby take writes. */
  promote(): Promise<void>
  /** Stops it and removes its data. */
  close(): Promise<void>
}

/** How a PostgreSQL is started. */
export interface PostgresOptions {
  /** The port to try first; one that is taken is given up for another. @default one that is free */
  readonly port?: number
  /**
   * Makes it a standby of another one, which from then on acknowledges what the standby has written to its disk as well.
   * The other one is stopped for a moment, to be copied.
   */
  readonly standbyOf?: Postgres
}

/** A program that has ended, and all it printed. */
interface Ended {
  readonly status: number | null
  readonly said: string
}

const settings = `
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
`

/**
 * Starts a PostgreSQL with an empty database in a temporary folder. What it has acknowledged it has kept, as in production
 * (`fsync` is on). It ends when this process exits, if it was not closed before.
 *
 * @throws Error with what its programs said, when it does not start.
 */
export async function startPostgres({ port, standbyOf }: PostgresOptions = {}): Promise<Postgres> {
  const found = needPostgres()
  const folder = mkdtempSync(join(tmpdir(), 'acme-postgres-'))
  const data = join(folder, 'data')
  const runner = runnerIn(folder)
  const bin = reachable(found, folder, runner)
  const run = (program: string, ...args: string[]): Promise<Ended> =>
    ended(join(bin, program), ['--pgdata', data, ...args], join(folder, `${program} ${args[0]}.log`), runner)
  const abandon = (): void => {
    spawnSync(join(bin, 'pg_ctl'), ['--pgdata', data, 'stop', '--mode=immediate'], { ...runner, stdio: 'ignore' })
    rmSync(folder, { recursive: true, force: true })
  }
  process.once('exit', abandon)
  try {
    if (standbyOf) await copyPrimary(standbyOf, data, runner)
    else {
      // There is nothing yet that a crash could lose.
      const made = await run(
        'initdb',
        '--no-sync',
        '--username=postgres',
        '--auth=trust',
        '--encoding=UTF8',
        '--locale=C',
      )
      if (made.status !== 0) throw new Error(`PostgreSQL made no database:\n${made.said}`)
      appendFileSync(join(data, 'postgresql.conf'), settings)
    }
    const at = await start(run, port ?? (await freePort()))
    return {
      url: `postgres://postgres@127.0.0.1:${at}/postgres`,
      data,
      kill() {
        const file = join(data, 'postmaster.pid')
        process.kill(Number(readFileSync(file, 'utf8').split('\n')[0]), 'SIGKILL')
        // Where nobody waits for processes that have ended, it would be taken for one that runs.
        rmSync(file)
      },
      stop: async () => void (await run('pg_ctl', 'stop', '--mode=fast', '--wait', '--timeout=600')),
      restart: async () => void (await start(run, at, true)),
      promote: async () => void (await run('pg_ctl', 'promote', '--wait', '--timeout=600')),
      async close() {
        await run('pg_ctl', 'stop', '--mode=fast', '--wait', '--timeout=600')
        process.off('exit', abandon)
        abandon()
      },
    }
  } catch (error) {
    process.off('exit', abandon)
    abandon()
    throw error
  }
}

/** Copies a primary as it stands when it is stopped, and has both work together. */
async function copyPrimary(primary: Postgres, data: string, runner: SpawnOptions): Promise<void> {
  await primary.stop()
  // As the user who is to run it.
  if (runner.uid === undefined) cpSync(primary.data, data, { recursive: true })
  else spawnSync('cp', ['-a', primary.data, data], { ...runner, stdio: 'ignore' })
  const { port } = new URL(primary.url)
  appendFileSync(join(data, 'postgresql.conf'), `primary_conninfo = 'host=127.0.0.1 port=${port} user=postgres'\n`)
  appendFileSync(join(data, 'standby.signal'), '')
  appendFileSync(join(primary.data, 'postgresql.conf'), "synchronous_standby_names = '*'\n")
  await primary.restart()
}

/** Starts it on a port, or on another one: whoever looks for a free port does not have it yet. */
async function start(
  run: (program: string, ...args: string[]) => Promise<Ended>,
  port: number,
  isFixed = false,
): Promise<number> {
  const { status, said } = await run('pg_ctl', 'start', '--wait', '--timeout=600', '--options', `-p ${port}`)
  if (status === 0) return port
  if (!isFixed && said.includes('could not create any TCP/IP sockets')) return start(run, await freePort())
  // The processes of one that was killed end a little later.
  if (isFixed && said.includes('still in use')) return start(run, port, isFixed)
  throw new Error(`PostgreSQL did not start:\n${said}`)
}

/** PostgreSQL refuses to run as root, and needs a user that this machine knows by name. */
function runnerIn(folder: string): SpawnOptions {
  // Nothing that is meant for another database.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PG')))
  const runner = { cwd: folder, env: { ...env, LC_ALL: 'C' } }
  if (process.getuid?.() !== 0) return runner
  const [uid = 0, gid = 0] = ['-u', '-g'].map((flag) =>
    Number(spawnSync('id', [flag, 'nobody'], { encoding: 'utf8' }).stdout),
  )
  chownSync(folder, uid, gid)
  return { ...runner, uid, gid }
}

/** The programs; a copy of them, where the user whom they run as may not enter their folder. */
function reachable(bin: string, folder: string, runner: SpawnOptions): string {
  if (spawnSync(join(bin, 'initdb'), ['--version'], { ...runner, stdio: 'ignore' }).status === 0) return bin
  const copy = join(folder, 'postgres')
  cpSync(dirname(bin), copy, { recursive: true, verbatimSymlinks: true })
  return join(copy, 'bin')
}

/** Runs a program to its end. It prints into a file, since one that stays behind would hold a pipe open. */
async function ended(program: string, args: readonly string[], log: string, runner: SpawnOptions): Promise<Ended> {
  const output = openSync(log, 'w')
  try {
    const child = spawn(program, args, { ...runner, stdio: ['ignore', output, output] })
    const status = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', resolve)
    })
    return { status, said: readFileSync(log, 'utf8') }
  } finally {
    closeSync(output)
  }
}
