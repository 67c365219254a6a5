// The whole check: format and lint, types, build, then every test in one run, which ends with the closing line.
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { needChromium } from './fetch-chromium.ts'
import { needPostgres } from './fetch-postgres.ts'

function step(name: string, command: string, ...args: string[]): void {
  const start = Date.now()
  const { status } = spawnSync(command, args, { stdio: 'inherit' })
  process.stdout.write(`${status === 0 ? 'ok  ' : 'FAIL'} ${name} (${((Date.now() - start) / 1_000).toFixed(1)} s)\n`)
  if (status !== 0) fail(status ?? 1)
}

/** Ends with the closing line, whoever reads only that. */
function fail(status: number): never {
  process.stdout.write('0 passed, 1 failed\n')
  process.exit(status)
}

try {
  process.env['CHROMIUM_PATH'] = needChromium()
  process.env['PG_BIN'] = needPostgres()
} catch (error) {
  process.stderr.write(`${error}\n`)
  fail(1)
}
// Everything runs at every scale; only how often differs. CI asks for all of it.
process.env['ACME_TEST_SCALE'] ??= '0.2'

const only = process.argv.slice(2)
if (only.length === 0) {
  step('format and lint', 'pnpm', 'exec', 'biome', 'check', '.')
  for (const project of globSync(['packages/**/tsconfig.json', 'examples/*/tsconfig.json'], {
    exclude: ['**/node_modules'],
  }).sort()) {
    step(`types of ${project}`, 'pnpm', 'exec', 'tsc', '-p', project)
  }
  step(
    'build',
    'pnpm',
    '--recursive',
    '--filter',
    './packages/*',
    '--workspace-concurrency=2',
    '--reporter=silent',
    'run',
    'build',
  )
}
const { status } = spawnSync('pnpm', ['exec', 'vitest', 'run', '--config', 'vitest.workspace.ts', ...only], {
  stdio: 'inherit',
})
process.exitCode = status ?? 1
