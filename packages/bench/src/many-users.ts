import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { AcmeReady } from './acme-server.ts'
import type { Bench } from './bench.ts'
import { startChild } from './child.ts'
import { lists } from './lists.ts'
import { getUsers, patchUsers } from './requests.ts'
import { least } from './row.ts'
import { showRate } from './show-rate.ts'
import { slowestList } from './slowest-list.ts'

/** What changes on SQLite when there are many users: single ones, lists, and who waits for lists. */
export async function manyUsers(bench: Bench): Promise<void> {
  const { folder, settings, show } = bench
  const file = join(folder, 'many.db')
  const few = await startChild<AcmeReady>('acme-server.ts', { sqlite: join(folder, 'few.db'), users: 1_000 })
  const many = await startChild<AcmeReady>('acme-server.ts', { sqlite: file, users: settings.users })
  const users = settings.users.toLocaleString('en')
  try {
    const sizes = [file, `${file}-wal`].map((path) => statSync(path, { throwIfNoEntry: false })?.size ?? 0)
    const bytes = sizes.reduce((a, b) => a + b, 0) / settings.users
    show({
      what: `SQLite, ${users} users: made by createUsers`,
      against: '',
      figure: { median: bytes, least: bytes, most: bytes },
      unit: 'bytes each',
      note: `${Math.round(many.ready.created ?? 0).toLocaleString('en')} users/s`,
    })
    for (const [what, ask] of [
      ['GET one user', getUsers],
      ['PATCH metadata', patchUsers],
    ] as const) {
      const side = (server: typeof few) => ({
        load: { requests: [ask(server.ready)], connections: 32, duration: settings.duration },
        servers: [server],
      })
      const about = { what: `${what}, ${users} users, 32 connections`, against: '1,000 users', goal: least(0.83) }
      await showRate(bench, about, side(many), side(few))
    }
    await lists(bench, 'SQLite', many)
    await slowestList(bench, 'SQLite', many)
  } finally {
    await Promise.all([few.close(), many.close()])
  }
}
