// Runs the project on a machine that has only Node 18 or newer and npm: fetches the Node and pnpm that the
// work needs into .toolchain where the machine's own are too old, installs, and hands over.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const { toolchain } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const own = join(root, '.toolchain', 'node_modules', '.bin')

const programs = {
  bench: ['node', '--conditions=@acme/source', 'packages/bench/src/bench.ts'],
  release: ['node', 'packages/tools/src/release.ts'],
  start: ['node', '--conditions=@acme/source', 'packages/tools/src/start.ts'],
  test: ['node', 'packages/tools/src/test.ts'],
}

/** The oldest versions that everything we use runs on. */
function isNodeNewEnough(version) {
  const [major, minor] = version.replace('v', '').split('.').map(Number)
  return (major === 22 && minor >= 19) || (major === 24 && minor >= 11) || major > 24
}

function versionOf(command) {
  const { stdout, status } = spawnSync(command, ['--version'], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  return status === 0 ? stdout.trim() : undefined
}

function must(command, args) {
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (status === 0) return
  process.stderr.write(`\n${command} ${args[0]} failed\n`)
  // The closing line says so too, whoever reads only that.
  if (process.argv[2] === 'test') process.stdout.write('0 passed, 1 failed\n')
  process.exit(status ?? 1)
}

function fetchToolchain() {
  const missing = []
  if (!isNodeNewEnough(process.version)) missing.push(`node@${toolchain.node}`)
  if (versionOf('pnpm')?.split('.')[0] !== toolchain.pnpm.split('.')[0]) missing.push(`pnpm@${toolchain.pnpm}`)
  if (missing.length === 0) return
  const isThere = missing.every((name) => existsSync(join(root, '.toolchain', 'node_modules', name.split('@')[0])))
  if (!isThere) {
    process.stderr.write(`Fetching ${missing.join(' and ')} into .toolchain …\n`)
    must('npm', [
      'install',
      '--prefix',
      '.toolchain',
      '--no-save',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      ...missing,
    ])
  }
  process.env.PATH = own + delimiter + process.env.PATH
}

function install() {
  const marker = join(root, 'node_modules', '.modules.yaml')
  const isFresh = existsSync(marker) && statSync(marker).mtimeMs > statSync(join(root, 'pnpm-lock.yaml')).mtimeMs
  if (!isFresh) must('pnpm', ['install', '--frozen-lockfile', '--prefer-offline', '--reporter=append-only'])
}

const program = programs[process.argv[2]]
if (!program) {
  process.stderr.write(`Usage: node packages/tools/run.mjs ${Object.keys(programs).join(' | ')}\n`)
  process.exit(2)
}
fetchToolchain()
install()
const child = spawn(program[0], [...program.slice(1), ...process.argv.slice(3)], { cwd: root, stdio: 'inherit' })
// Ctrl-C reaches the child by itself; a signal to this process alone is passed on.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)))
