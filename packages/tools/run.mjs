// The door behind `npm start` and `npm test`: any Node >= 18 runs this file, which needs no package.
// It finds or fetches the Node and pnpm the project works with, installs what is missing, and runs the command.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const { toolchain } = readJson(join(root, 'package.json'))
const onWindows = process.platform === 'win32'
const own = join(root, '.toolchain')
const ownBin = join(own, 'node_modules', '.bin')
const stamp = join(root, 'node_modules', '.installed')
const figures = join(root, 'node_modules', '.figures.json')

const commands = {
  start: () => run('node', ['--conditions=@acme/source', join(root, 'packages', 'tools', 'start.ts'), ...rest]),
  test: () => test(),
  exec: () => run(rest[0], rest.slice(1)),
}

const [command, ...rest] = process.argv.slice(2)
if (!Object.hasOwn(commands, command ?? '') || (command === 'exec' && rest.length === 0)) {
  console.error('Usage: node packages/tools/run.mjs start | test [vitest filters] | exec <command> [arguments]')
  process.exit(2)
}

try {
  const path = prepareToolchain()
  // Node keeps the variable's own spelling on Windows (`Path`), where two of them would compete.
  const pathName = Object.keys(process.env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH'
  process.env[pathName] = [join(root, 'node_modules', '.bin'), ...path, process.env[pathName] ?? ''].join(delimiter)
  installPackages()
  process.exitCode = await commands[command]()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  if (command === 'test') console.log('0 passed, 1 failed')
  process.exitCode = 1
}

/** Node 22 from 22.19, or 24.11 and later: the lowest floor that all build and test tools share. */
function isNodeFit(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number)
  return (major === 22 && minor >= 19) || (major === 24 && minor >= 11) || major > 24
}

/** Returns the folders to put first on the PATH, having fetched what the machine lacks. */
function prepareToolchain() {
  const wanted = {}
  if (!isNodeFit(process.version)) wanted.node = toolchain.node
  if (versionOf('pnpm')?.split('.')[0] !== toolchain.pnpm.split('.')[0]) wanted.pnpm = toolchain.pnpm
  const missing = Object.keys(wanted).filter((name) => ownVersion(name) !== wanted[name])
  if (missing.length > 0) {
    const specs = Object.entries(wanted).map(([name, version]) => `${name}@${version}`)
    console.error(`Fetching ${specs.join(' and ')} into .toolchain (once; nothing outside this folder changes)`)
    mkdirSync(own, { recursive: true })
    const args = ['install', '--prefix', own, '--no-save', '--no-audit', '--no-fund', '--loglevel=error', ...specs]
    const { status } = spawnSync('npm', args, { stdio: ['ignore', 2, 2], shell: onWindows, cwd: own })
    const failed = Object.keys(wanted).filter((name) => ownVersion(name) !== wanted[name])
    if (status !== 0 || failed.length > 0) {
      throw new Error(`Could not fetch ${specs.join(' and ')} with npm. Check the network, or put them on the PATH.`)
    }
  }
  return Object.keys(wanted).length > 0 ? [ownBin] : []
}

/** The version of a program in .toolchain, asked of the program itself, so that a torn install counts as missing. */
function ownVersion(name) {
  return existsSync(ownBin) ? versionOf(join(ownBin, name), { PATH: ownBin + delimiter + process.env.PATH }) : undefined
}

function versionOf(program, env = {}) {
  // Elsewhere than in the project, where pnpm's own version rules do not apply.
  const { status, stdout } = spawnSync(program, ['--version'], {
    encoding: 'utf8',
    shell: onWindows,
    env: { ...process.env, ...env },
  })
  return status === 0 ? stdout.trim().replace(/^v/, '') : undefined
}

/** Installs the workspace when the lockfile or a manifest differs from what was installed last. */
function installPackages() {
  const manifests = ['packages', 'examples']
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(root, folder, name, 'package.json')))
    .filter((path) => existsSync(path))
    .sort()
  const hash = createHash('sha256')
  for (const path of [
    join(root, 'pnpm-lock.yaml'),
    join(root, 'pnpm-workspace.yaml'),
    join(root, 'package.json'),
    ...manifests,
  ]) {
    hash.update(path.slice(root.length)).update('\0').update(readFileSync(path))
  }
  const wanted = hash.digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return

  console.error('Installing the packages of the lockfile')
  const args = [
    'install',
    '--frozen-lockfile',
    '--prefer-offline',
    '--reporter=append-only',
    '--config.confirmModulesPurge=false',
  ]
  const { status, stdout } = spawnSync('pnpm', args, {
    cwd: root,
    shell: onWindows,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 2],
  })
  if (status !== 0) throw new Error(`${stdout ?? ''}\npnpm install failed (exit code ${status}).`)
  writeFileSync(stamp, wanted)
}

/** Runs vitest over every project, then says `N passed, N failed` on the very last line, whatever happened. */
async function test() {
  rmSync(figures, { force: true })
  const code = await run('vitest', ['run', '--config', 'vitest.workspace.ts', ...rest], { ACME_FIGURES: figures })
  const { passed = 0, failed = 0, skipped = 0 } = existsSync(figures) ? readJson(figures) : {}
  // A run that died without figures, or that vitest calls failed for a reason of its own, is a failure too.
  const unexplained = failed === 0 && (code !== 0 || passed === 0) ? 1 : 0
  console.log(`${passed} passed, ${failed + unexplained} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
  return failed + unexplained > 0 ? code || 1 : 0
}

/** Runs a program on this terminal, hands signals on, and resolves to its exit code. */
function run(program, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: root,
      stdio: 'inherit',
      shell: onWindows,
      env: { ...process.env, ...env },
    })
    // Ctrl-C reaches the whole group by itself; the listeners only keep this process alive until the child has ended.
    const hand = (signal) => (signal === 'SIGINT' && process.stdin.isTTY ? undefined : child.kill(signal))
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, hand)
    child.on('error', reject)
    child.on('close', (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 0)))
  })
}

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'))
}
