// The whole check: format and lint, types, build, then every test in one run, which ends with the closing line.
import { spawn } from 'node:child_process'
import { globSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { atFullScale } from './at-full-scale.ts'
import { needChromium } from './fetch-chromium.ts'
import { needPostgres } from './fetch-postgres.ts'
import { root } from './repository.ts'

async function step(name: string, ...args: string[]): Promise<void> {
  const start = Date.now()
  const status = await run(args)
  process.stdout.write(`${status === 0 ? 'ok  ' : 'FAIL'} ${name} (${((Date.now() - start) / 1_000).toFixed(1)} s)\n`)
  if (status !== 0) fail(status)
}

function run(args: readonly string[]): Promise<number> {
  const child = spawn('pnpm', args, { stdio: 'inherit', shell: process.platform === 'win32' })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (status) => resolve(status ?? 1))
  })
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
// A part of all trials, and whole apps not at all. CI asks for everything.
process.env['ACME_TEST_SCALE'] ??= '0.05'
// Hundreds of processes are started from their sources: each takes half as long once they were compiled.
const compiled = join(root, '.tmp/compile-cache')
process.env['NODE_COMPILE_CACHE'] ??= compiled

// The compiler and the bundler, which are Go, live for seconds: they need not clean up so often.
process.env['GOGC'] ??= '400'

const only = process.argv.slice(2)
if (only.length === 0) {
  // Apps that tests make in folders of their own leave theirs for good.
  rmSync(compiled, { recursive: true, force: true })
  await step('format and lint', 'exec', 'biome', 'check', '.')
  const projects = globSync(['packages/**/tsconfig.json', 'examples/*/tsconfig.json'], {
    // The tests' own types are checked with the tests.
    exclude: ['**/node_modules', '**/dist', 'packages/tools/tsconfig.json'],
  }).sort()
  const compile = async (): Promise<void> => {
    for (let project = projects.shift(); project; project = projects.shift()) {
      // Each by one thread: several take nearly twice the time together, and there are as many compilers as processors.
      const tsc = ['--dir', 'packages/tools', 'exec', 'tsc', '--singleThreaded', '-p', join('../..', project)]
      await step(`types of ${project}`, ...tsc)
    }
  }
  const packages = ['--recursive', '--filter', './packages/*', '--workspace-concurrency=2', '--reporter=silent']
  // Types are checked from the sources, while the packages are built.
  await Promise.all([
    step('build', ...packages, 'run', 'build'),
    ...Array.from({ length: availableParallelism() }, compile),
  ])
}
const isPart = only.length === 0 && process.env['ACME_TEST_SCALE'] !== '1'
const left = isPart ? atFullScale.flatMap((files) => ['--exclude', files]) : []
process.exitCode = await run(['exec', 'vitest', 'run', '--config', 'vitest.workspace.ts', ...left, ...only])
