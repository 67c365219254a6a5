import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { arch, platform } from 'node:os'
import { dirname, join } from 'node:path'
import { fetchedChromium, findChromium } from './find-chromium.ts'
import { root } from './repository.ts'

/** Gives a browser: one that is there, else one that is fetched by npm alone. */
export function needChromium(): string {
  const found = findChromium()
  if (found) return found
  const named = process.env['CHROMIUM_PATH']
  if (named) throw new Error(`CHROMIUM_PATH names ${named}, where there is nothing.`)
  process.stderr.write('Fetching a chromium …\n')
  return platform() === 'linux' && arch() === 'x64' ? unpack() : download()
}

/** The package has the browser inside, so that npm is all it takes. */
function unpack(): string {
  const { toolchain } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const name = '@sparticuz/chromium'
  const folder = dirname(fetchedChromium)
  const unpacking = `${folder}-${process.pid}`
  mkdirSync(unpacking, { recursive: true })
  try {
    run('npm', [
      'install',
      '--prefix',
      unpacking,
      '--no-save',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      `${name}@${toolchain[name]}`,
    ])
    // It unpacks into the temporary folder, which is not this project's alone.
    const script = `import chromium from '${name}'; await chromium.executablePath()`
    run(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: unpacking,
      env: { ...process.env, TMPDIR: unpacking },
    })
    rmSync(join(unpacking, 'node_modules'), { recursive: true })
    rmSync(folder, { recursive: true, force: true })
    renameSync(unpacking, folder)
  } catch (error) {
    rmSync(unpacking, { recursive: true, force: true })
    throw error
  }
  return fetchedChromium
}

/** What playwright's makers build for the other systems. */
function download(): string {
  run('pnpm', ['exec', 'playwright', 'install', 'chromium'])
  const script = `import { chromium } from 'playwright'; process.stdout.write(chromium.executablePath())`
  return run(process.execPath, ['--input-type=module', '--eval', script]).stdout
}

function run(command: string, args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    shell: process.platform === 'win32',
    ...options,
  })
  if (result.status !== 0) throw new Error(`${command} ${args[0]} failed`)
  return result
}
