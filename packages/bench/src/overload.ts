import { join } from 'node:path'
import type { AcmeReady } from './acme-server.ts'
import type { Bench } from './bench.ts'
import { startChild } from './child.ts'
import { spreadOf } from './compare.ts'
import type { LoadResult } from './load.ts'
import { patchUsers } from './requests.ts'
import { least, most } from './row.ts'

/** What becomes of writes when a crowd writes at once: they are served in time, or refused by 503 with Retry-After. */
export async function overload({ folder, generator, settings, show }: Bench): Promise<void> {
  const acme = await startChild<AcmeReady>('acme-server.ts', { sqlite: join(folder, 'overload.db'), users: 1_000 })
  const { crowd, duration, rounds } = settings
  const write = (connections: number) =>
    generator.ask<LoadResult>({ requests: [patchUsers(acme.ready)], connections, duration: duration * 2 })
  const p99: number[] = []
  const goodput: number[] = []
  const statuses: Record<string, number> = {}
  try {
    await write(64)
    for (let round = 0; round < rounds; round++) {
      const best = Math.max((await write(64)).rate, (await write(256)).rate)
      const result = await write(crowd)
      p99.push(result.p99)
      goodput.push(result.rate / best)
      for (const [status, count] of Object.entries(result.statuses)) statuses[status] = (statuses[status] ?? 0) + count
    }
  } finally {
    await acme.close()
  }
  const note = Object.entries(statuses)
    .map(([status, count]) => `${count} x ${status}`)
    .join(', ')
  const what = `PATCH metadata, ${crowd} connections`
  show({ what: `${what}: p99`, against: '', figure: spreadOf(p99), unit: 'ms', goal: most(1_000), note })
  show({
    what: `${what}: goodput`,
    against: 'the best of 64 and 256 connections',
    figure: spreadOf(goodput),
    unit: 'of it',
    goal: least(0.9),
    note,
  })
}
