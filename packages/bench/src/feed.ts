import { join } from 'node:path'
import type { AcmeReady } from './acme-server.ts'
import type { Bench } from './bench.ts'
import { startChild } from './child.ts'
import { compare, turnsEach } from './compare.ts'
import { patchUsers } from './requests.ts'
import { least, rateRow, workRow } from './row.ts'
import { explain } from './show-rate.ts'

/** What it costs writes that each change is kept. */
export async function feed(bench: Bench): Promise<void> {
  const { folder, generator, settings, show } = bench
  const start = (name: string, options: object) =>
    startChild<AcmeReady>('acme-server.ts', { sqlite: join(folder, `${name}.db`), users: 1_000, ...options })
  const kept = await start('kept', {})
  const forgotten = await start('forgotten', { historyLifetime: 0 })
  try {
    for (const connections of [1, 32]) {
      const side = (server: typeof kept) => ({
        load: { requests: [patchUsers(server.ready)], connections, duration: settings.duration / turnsEach },
        servers: [server],
      })
      const what = `PATCH metadata, ${connections} connection${connections === 1 ? '' : 's'}, each change kept`
      const compared = await compare(generator, side(kept), side(forgotten), settings.rounds * turnsEach)
      const row = rateRow(what, 'no history', compared, least(0.9))
      show(row)
      show(workRow(what, 'no history', compared, least(0.9)))
      await explain(bench, row, side(kept))
    }
  } finally {
    await Promise.all([kept.close(), forgotten.close()])
  }
}
