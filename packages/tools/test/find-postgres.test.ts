import { expect, test } from 'vitest'
import { fetchedPostgres, findPostgres, type PostgresMachine } from '../src/find-postgres.ts'

const machine = (
  platform: NodeJS.Platform,
  there: readonly string[],
  env: PostgresMachine['env'] = {},
): PostgresMachine => ({
  platform,
  env,
  exists: (path) => there.includes(path),
  list: (folder) =>
    there.flatMap((path) => (path.startsWith(folder) ? [`${path.slice(folder.length + 1).split(/[\\/]/)[0]}`] : [])),
})
const debian = (version: string) => `/usr/lib/postgresql/${version}/bin`
const windows = 'C:\\Program Files\\PostgreSQL\\17\\bin'
const homebrew = '/opt/homebrew/opt/postgresql@18/bin'

test.each<[string, PostgresMachine, string | undefined]>([
  [
    'the newest of Debian’s',
    machine(
      'linux',
      ['9.6', '15', '17'].map((version) => `${debian(version)}/initdb`),
    ),
    debian('17'),
  ],
  [
    'none of which only the client is there',
    machine('linux', [`${debian('15')}/initdb`, `${debian('17')}/psql`]),
    debian('15'),
  ],
  ['one on the PATH', machine('linux', ['/opt/pg/initdb'], { PATH: '/bin:/opt/pg' }), '/opt/pg'],
  ['Homebrew’s', machine('darwin', [`${homebrew}/initdb`, '/opt/homebrew/opt/openssl@3/bin']), homebrew],
  ['that of Windows', machine('win32', [`${windows}\\initdb.exe`], { ProgramFiles: 'C:\\Program Files' }), windows],
  ['the one that was fetched', machine('linux', [`${fetchedPostgres}/initdb`]), fetchedPostgres],
  [
    'the one that is named',
    machine('linux', ['/my/own/initdb', `${debian('15')}/initdb`], { PG_BIN: '/my/own' }),
    '/my/own',
  ],
  [
    'no other than the one that is named',
    machine('linux', [`${debian('15')}/initdb`], { PG_BIN: '/my/own' }),
    undefined,
  ],
  ['none where there is none', machine('linux', []), undefined],
])('the programs of PostgreSQL are found: %s', (_, where, expected) => {
  expect(findPostgres(where)).toBe(expected)
})
