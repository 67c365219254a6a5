import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, openSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { formatPublishableKey } from '@acme/schema'
import { createPbkdf2Passwords, createServer } from '../src/index.ts'
import { createSqliteStorage } from '../src/storage/sqlite/sqlite-storage.ts'

// What it costs to move so many users (the first argument) to another SQLite database, and to a PostgreSQL where its URL is
// the second one: seconds, users a second, and the most memory that each command held.
const users = Number(process.argv[2] ?? 100_000)
const [, , , postgres] = process.argv
const program = fileURLToPath(new URL('../src/node/cli.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'acme-bench-'))
const tellMemory =
  'data:text/javascript,process.on("exit",()=>process.stderr.write("RSS "+process.resourceUsage().maxRSS))'

function run(name: string, args: readonly string[], output: number | 'ignore' = 'ignore'): Promise<void> {
  const since = performance.now()
  const child = spawn(process.execPath, ['--conditions=@acme/source', '--import', tellMemory, program, ...args], {
    stdio: ['ignore', output, 'pipe'],
  })
  let said = ''
  child.stderr?.on('data', (data) => (said += data))
  return new Promise((resolve, reject) => {
    child.once('close', (status) => {
      if (status !== 0) return reject(new Error(said))
      const seconds = (performance.now() - since) / 1_000
      const megabytes = Number(/RSS (\d+)/.exec(said)?.[1]) / 1_024
      console.log(
        `${name.padEnd(22)} ${seconds.toFixed(1)} s  ${Math.round(users / seconds)} users/s  ${Math.round(megabytes)} MB`,
      )
      resolve()
    })
  })
}

try {
  const [from, to, file] = [join(folder, 'from'), join(folder, 'to'), join(folder, 'export.ndjson')]
  mkdirSync(from)
  const server = await createServer({
    storage: createSqliteStorage({ database: new DatabaseSync(join(from, 'acme.db')) }),
    publishableKey: formatPublishableKey({ instanceType: 'test', host: '127.0.0.1' }),
    passwords: createPbkdf2Passwords({ iterations: 1 }),
  })
  for (let start = 0; start < users; start += 1_000) {
    const some = Array.from({ length: Math.min(1_000, users - start) }, (_, index) => ({
      username: `user_${start + index}`,
      email_address: [`user_${start + index}@example.com`],
      public_metadata: { plan: 'free', filler: 'x'.repeat(500) },
    }))
    await server.createUsers(some)
  }
  await server.close()
  await run('export from SQLite', ['export', '--data', from], openSync(file, 'w'))
  console.log(`${Math.round(statSync(file).size / users)} bytes a user`)
  await run('import into SQLite', ['import', file, '--data', to])
  await run('backup of SQLite', ['backup', join(folder, 'copy.db'), '--data', from])
  if (postgres) {
    await run('import into PostgreSQL', ['import', file, '--database', postgres])
    await run('export from PostgreSQL', ['export', '--database', postgres], openSync(file, 'w'))
  }
} finally {
  rmSync(folder, { recursive: true })
}
