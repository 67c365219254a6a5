// Prints what this server costs beside floors and others, as ratios of turns that are taken one after the other:
//   npm run bench -- [--quick] [--write] [--users 1000000] [--rounds 5] [part …]
// Parts: one-user, many-users, overload, feed, webhooks, keys-left, postgres, clients. With --write the table goes to packages/bench/RESULTS.md.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Child, startChild } from './child.ts'
import { clients } from './clients.ts'
import { feed } from './feed.ts'
import { keysLeft } from './keys-left.ts'
import { manyUsers } from './many-users.ts'
import { oneUser } from './one-user.ts'
import { overload } from './overload.ts'
import { onPostgres } from './postgres.ts'
import { digits, isReached, type Row, toLimits, toTable } from './row.ts'
import { full, quick, type Settings } from './settings.ts'
import { webhooks } from './webhooks.ts'

/** What every part of the bench works with. */
export interface Bench {
  /** A folder for databases, which is removed in the end. */
  readonly folder: string
  /** Two load generators, for what happens beside something else. */
  readonly generator: Child<null>
  readonly second: Child<null>
  readonly settings: Settings
  /** Where our processor time went, of rows whose goals were missed. */
  readonly profiles: Map<Row, readonly string[]>
  /** Takes a row for the table. */
  show(row: Row): void
}

const parts: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
  'one-user': oneUser,
  overload,
  feed,
  webhooks,
  'keys-left': keysLeft,
  'many-users': manyUsers,
  postgres: onPostgres,
  clients,
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    users: { type: 'string' },
    rounds: { type: 'string' },
  },
})
const unknown = positionals.find((name) => !Object.hasOwn(parts, name))
if (unknown !== undefined) {
  process.stderr.write(`${unknown} is no part of the bench: ${Object.keys(parts).join(', ')}\n`)
  process.exit(2)
}
const preset = values.quick ? quick : full
const settings: Settings = {
  ...preset,
  users: Number(values.users ?? preset.users),
  rounds: Number(values.rounds ?? preset.rounds),
}
const folder = mkdtempSync(join(tmpdir(), 'acme-bench-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

const rows: Row[] = []
const bench: Bench = {
  folder,
  generator: await startChild<null>('load.ts', {}),
  second: await startChild<null>('load.ts', {}),
  settings,
  profiles: new Map(),
  show(row) {
    rows.push(row)
    const verdict = { true: 'ok  ', false: 'MISS', undefined: '    ' }[`${isReached(row)}`]
    process.stdout.write(
      `${verdict} ${row.what}: ${digits(row.figure)} ${row.unit}${row.against && ` (${row.against})`}; ${row.note}\n`,
    )
  },
}
for (const [name, part] of Object.entries(parts)) {
  if (positionals.length === 0 || positionals.includes(name)) await part(bench)
}
await Promise.all([bench.generator.close(), bench.second.close()])
if (values.write) writeFileSync(fileURLToPath(new URL('../RESULTS.md', import.meta.url)), results())

function results(): string {
  const [cpu] = cpus()
  const machine = `${cpus().length} x ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`
  return `# Results of \`npm run bench\`

Each figure is the median of ${settings.rounds} turns that both sides took one after the other, with the least and the most of
them. Only ratios say something about another machine. Load and servers share this one: ${machine}. Every database is
durable: SQLite writes ahead with \`synchronous=FULL\`, PostgreSQL has \`fsync\` and \`synchronous_commit\` on.

${toTable(rows)}${toLimits(rows, bench.profiles)}`
}
