import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@acme/tools/src/start-postgres.ts'
import postgres from 'postgres'
import type { AcmeReady } from './acme-server.ts'
import type { Bench } from './bench.ts'
import { type Child, startChild } from './child.ts'
import { compare, type Spread, spreadOf } from './compare.ts'
import { lists } from './lists.ts'
import type { LoadResult } from './load.ts'
import { patchUsers } from './requests.ts'
import { least, most, type Row } from './row.ts'
import { explain } from './show-rate.ts'
import { slowestList } from './slowest-list.ts'

/** Why PostgreSQL takes fewer of our writes than of pgbench's. */
const limitOfGroups = `pgbench sends one statement for a change of one row. A change here is read under a lock before it is decided, and writes two
rows in two tables with three indexes that move. Server, database and load share the cores of one machine.`

/** Why two processes cost more for each reply than one. */
const limitOfProcesses = `A group of writes is some eight statements, however many it holds. The same 64 connections make groups half as large in each
of two processes (about ten replies a commit, and sixteen in one), so that each reply carries twice its share of a group. A
process that waits costs nothing: 0.5 ms of processor a second. Both, the database and the load take turns on this machine's cores.`

/** Writes and lists on PostgreSQL, by one server process and by several. */
export async function onPostgres(bench: Bench): Promise<void> {
  const { generator, settings, show } = bench
  const database = await startPostgres()
  const servers: Child<AcmeReady>[] = []
  const options = { postgres: database.url, users: settings.users }
  const startServers = async (count: number) => {
    while (servers.length < count) servers.push(await startChild<AcmeReady>('acme-server.ts', options))
  }
  const writeTo = (some: readonly Child<AcmeReady>[]) => ({
    load: { requests: some.map(({ ready }) => patchUsers(ready)), connections: 64, duration: settings.duration },
    servers: some,
  })
  try {
    await startServers(1)
    const [first] = servers as [Child<AcmeReady>]
    const bytes = await sizeOf(database.url, settings.users)
    show({
      what: `PostgreSQL, ${settings.users.toLocaleString('en')} users: made by createUsers`,
      against: '',
      figure: { median: bytes, least: bytes, most: bytes },
      unit: 'bytes each',
      note: `${Math.round(first.ready.created ?? 0).toLocaleString('en')} users/s`,
    })
    const floor = await startFloor(database.url)
    const ratios: number[] = []
    let note = ''
    for (let round = 0; round <= settings.rounds; round++) {
      const { rate } = await generator.ask<LoadResult>(writeTo([first]).load)
      const statements = await floor.rate(settings.duration)
      if (round > 0) ratios.push(rate / statements)
      note = `${Math.round(rate).toLocaleString('en')}/s and ${Math.round(statements).toLocaleString('en')}/s`
    }
    const row: Row = {
      what: 'PostgreSQL, PATCH metadata, 64 connections',
      against: `${floor.name}, 64 connections, UPDATE of one user by id`,
      figure: spreadOf(ratios),
      unit: 'of it',
      goal: least(0.6),
      note,
      limit: limitOfGroups,
    }
    show(row)
    await explain(bench, row, writeTo([first]))
    await floor.close()
    await lists(bench, 'PostgreSQL', first)
    await slowestList(bench, 'PostgreSQL', first)
    for (const count of settings.processes) {
      await startServers(count)
      const compared = await compare(generator, writeTo(servers), writeTo([first]), settings.rounds)
      const more = (one: number) => (1 / one - 1) * 100
      const figure: Spread = {
        median: more(compared.work.median),
        least: more(compared.work.most),
        most: more(compared.work.least),
      }
      show({
        what: `PostgreSQL, PATCH metadata, 64 connections, ${count} server processes: processor time a reply`,
        against: 'one process',
        figure,
        unit: '% more',
        note: `${compared.rate.median.toFixed(2)} times as many replies a second, all on this one machine`,
        ...(count === 2 && { goal: most(10), limit: limitOfProcesses }),
      })
    }
  } finally {
    await Promise.all(servers.map((server) => server.close()))
    await database.close()
  }
}

async function sizeOf(url: string, users: number): Promise<number> {
  const sql = postgres(url, { max: 1 })
  const [row] = await sql`SELECT pg_database_size(current_database()) AS size`
  await sql.end()
  return Number(row?.['size']) / users
}

interface Floor {
  readonly name: string
  /** Statements a second. */
  rate(duration: number): Promise<number>
  close(): Promise<void>
}

const clients = 64

/** The same statement by pgbench, where it is there, else by the driver that the server uses. */
async function startFloor(url: string): Promise<Floor> {
  const sql = postgres(url, { max: clients, onnotice: () => {} })
  // A table of its own, as ours is, with the rows as they are.
  await sql.unsafe('DROP TABLE IF EXISTS floor')
  await sql.unsafe(
    'CREATE TABLE floor AS SELECT (row_number() OVER (ORDER BY id))::int AS number, id, updated_at, data FROM users LIMIT 100000',
  )
  await sql
    .unsafe(
      'CREATE UNIQUE INDEX ON floor (id); CREATE UNIQUE INDEX ON floor (number); CREATE INDEX ON floor (updated_at, id)',
    )
    .simple()
  const [found] = await sql`SELECT count(*)::int AS total, max(data) AS data FROM floor`
  const { total, data } = found as unknown as { readonly total: number; readonly data: string }
  const folder = mkdtempSync(join(tmpdir(), 'acme-pgbench-'))
  const script = join(folder, 'update.sql')
  const text = data.replaceAll("'", "''").replaceAll(':', ': ')
  writeFileSync(
    script,
    `\\set number random(1, ${total})\nUPDATE floor SET data = '${text}', updated_at = updated_at + 1 WHERE number = :number;\n`,
  )
  const close = async () => {
    await sql.unsafe('DROP TABLE floor')
    await sql.end()
    rmSync(folder, { recursive: true })
  }
  const byPgbench = async (duration: number) => {
    // Within less it may not have opened all its connections.
    const seconds = String(Math.max(2, Math.round(duration)))
    const flags = ['--no-vacuum', '--protocol=prepared', '--client', String(clients), '--time', seconds]
    const said = await outputOf('pgbench', [...flags, '--file', script, url])
    return Number(/tps = ([\d.]+)/.exec(said)?.[1] ?? Number.NaN)
  }
  if (await outputOf('pgbench', ['--version']).catch(() => '')) return { name: 'pgbench', rate: byPgbench, close }
  const byDriver = async (duration: number) => {
    const end = performance.now() + duration * 1_000
    let done = 0
    await Promise.all(
      Array.from({ length: clients }, async () => {
        while (performance.now() < end) {
          const number = 1 + Math.floor(Math.random() * total)
          await sql`UPDATE floor SET data = ${data}, updated_at = updated_at + 1 WHERE number = ${number}`
          done++
        }
      }),
    )
    return done / duration
  }
  return { name: 'the driver', rate: byDriver, close }
}

function outputOf(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] })
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk
    })
    child.once('error', reject)
    child.once('exit', (status) => (status === 0 ? resolve(said) : reject(new Error(`${program} failed`))))
  })
}
