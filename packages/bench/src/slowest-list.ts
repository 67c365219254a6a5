import type { AcmeReady } from './acme-server.ts'
import type { Bench } from './bench.ts'
import type { Child } from './child.ts'
import { spreadOf } from './compare.ts'
import type { LoadResult } from './load.ts'
import { oneByOne } from './measure.ts'
import { authorization, getUsers } from './requests.ts'
import { most } from './row.ts'

/** What others feel of one caller who asks, on 64 connections, for what takes longest of all that is allowed. */
export async function slowestList(
  { generator, second, settings, show }: Bench,
  where: string,
  acme: Child<AcmeReady>,
): Promise<void> {
  const { ready } = acme
  // Two characters of which nobody has both: no index leaves any user out.
  const query = new URLSearchParams({ query: 'q~', order_by: 'last_name', limit: '500' })
  const thief = { url: ready.url, method: 'GET', paths: [`/v1/users?${query}`], headers: authorization }
  const p99: number[] = []
  const statuses: Record<string, number> = {}
  for (let round = 0; round < settings.rounds; round++) {
    const [others, stolen] = await Promise.all([
      second.ask<LoadResult>(oneByOne(getUsers(ready), settings.duration)),
      generator.ask<LoadResult>({ requests: [thief], connections: 64, duration: settings.duration }),
    ])
    p99.push(others.p99)
    for (const [status, count] of Object.entries(stolen.statuses)) statuses[status] = (statuses[status] ?? 0) + count
  }
  show({
    what: `${where}, ${settings.users.toLocaleString('en')} users: p99 of getUser beside 64 connections of the slowest list`,
    against: '',
    figure: spreadOf(p99),
    unit: 'ms',
    goal: most(200),
    note: `the lists: ${Object.entries(statuses)
      .map(([status, count]) => `${count} x ${status}`)
      .join(', ')}`,
  })
}
