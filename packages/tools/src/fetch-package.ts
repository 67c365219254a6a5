import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './repository.ts'

/** What to fetch, and where to. */
export interface PackageToFetch {
  /** For example `@sparticuz/chromium@147.0.0`. */
  readonly spec: string
  /** The folder that is made. */
  readonly into: string
  /** A file of that folder without which it is of no use. */
  readonly file: string
  /** Gets the folder that the package was installed into, and gives the one to keep. */
  unpack(folder: string): string
}

/**
 * Puts what one package of npm has inside into a folder. It is there whole or not at all, however many processes fetch it
 * at once.
 */
export function fetchPackage({ spec, into, file, unpack }: PackageToFetch): void {
  const folder = `${into}-${process.pid}`
  mkdirSync(folder, { recursive: true })
  try {
    const quiet = ['--no-save', '--no-audit', '--no-fund', '--loglevel=error']
    run('npm', ['install', '--prefix', folder, ...quiet, spec])
    const unpacked = unpack(folder)
    // Whoever was faster may be at work with theirs.
    if (existsSync(join(into, file))) return
    rmSync(into, { recursive: true, force: true })
    renameSync(unpacked, into)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Runs a program to its end and gives what it printed; it throws when the program fails. */
export function run(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): string {
  const { status, stdout } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    shell: process.platform === 'win32',
    ...options,
  })
  if (status !== 0) throw new Error(`${command} ${args[0]} failed`)
  return stdout
}
