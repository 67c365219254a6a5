import { statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createSqliteStorage } from '@acme/server/sqlite'
import type { AcmeReady } from './acme-server.ts'
import type { Bench } from './bench.ts'
import { startChild } from './child.ts'
import type { LoadResult } from './load.ts'
import { patchUsers } from './requests.ts'
import { most } from './row.ts'

/** What is left of writes that carried keys of the SDK, once they are swept. */
export async function keysLeft({ folder, generator, settings, show }: Bench): Promise<void> {
  const file = join(folder, 'keys.db')
  const start = async () => startChild<AcmeReady>('acme-server.ts', { sqlite: file, users: 100 })
  await (await start()).close()
  const before = statSync(file).size
  const acme = await start()
  const [userId = ''] = acme.ready.userIds
  const requests = [patchUsers({ url: acme.ready.url, userIds: [userId] }, { 'idempotency-key': 'auto_{id}' })]
  let writes = 0
  while (writes < settings.writes) {
    const result = await generator.ask<LoadResult>({ requests, connections: 64, duration: settings.duration })
    writes += result.statuses['200'] ?? 0
  }
  await acme.close()
  const full = statSync(file).size
  const storage = createSqliteStorage({ database: new DatabaseSync(file) })
  // Long after the last key and the last change are forgotten.
  const later = Date.now() + 86_400_000
  while (await storage.sweep(later, later)) {}
  await storage.close()
  const database = new DatabaseSync(file)
  const read = (pragma: string) => Number(Object.values(database.prepare(`PRAGMA ${pragma}`).get() as object)[0])
  const held = (read('page_count') - read('freelist_count')) * read('page_size') - before
  database.close()
  // Of a million, if the rest were alike.
  const megabytes = Math.max(0, (held / writes) * 1e6) / 1e6
  show({
    what: '1,000,000 writes of the SDK to one user, after the sweep',
    against: 'before',
    figure: { median: megabytes, least: megabytes, most: megabytes },
    unit: 'MB',
    goal: most(50),
    note: `by ${writes.toLocaleString('en')} writes; before the sweep, with what each changed, ${((full - before) / writes).toFixed(0)} bytes a write`,
  })
}
