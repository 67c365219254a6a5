import { join } from 'node:path'
import type { AcmeReady } from './acme-server.ts'
import type { Bench } from './bench.ts'
import { type BetterAuthReady, fetchBetterAuth } from './better-auth.ts'
import { type Child, startChild } from './child.ts'
import { compare } from './compare.ts'
import type { Requests } from './load.ts'
import { getMe, getUsers, patchUsers } from './requests.ts'
import { least, type Row, rateRow } from './row.ts'
import { showRate } from './show-rate.ts'

/** Reads and writes of single users on SQLite, beside the floor and better-auth. */
export async function oneUser(bench: Bench): Promise<void> {
  const { folder, generator, settings, show } = bench
  const file = join(folder, 'thousand.db')
  const acme = await startChild<AcmeReady>('acme-server.ts', { sqlite: file, users: 1_000 })
  const floor = await startChild<{ readonly url: string }>('floor-server.ts', {
    from: file,
    database: join(folder, 'floor.db'),
  })
  const { userIds } = acme.ready
  const floorReady = { url: floor.ready.url, userIds }
  const side = (server: Child<unknown>, requests: readonly Requests[], connections: number) => ({
    load: { requests, connections, duration: settings.duration },
    servers: [server],
  })
  const against = async (
    what: string,
    ours: readonly Requests[],
    theirs: readonly Requests[],
    connections: number,
    goal?: Row['goal'],
  ) => {
    const [mine, floors] = [side(acme, ours, connections), side(floor, theirs, connections)]
    await showRate(bench, { what, against: 'node:http and the same SELECT or group commit', goal }, mine, floors)
  }
  try {
    await against(
      'GET one user by secret key, 32 connections',
      [getUsers(acme.ready)],
      [getUsers(floorReady)],
      32,
      least(0.5),
    )
    await against('GET /v1/me by cookie, 32 connections', getMe(acme.ready), [getUsers(floorReady)], 32, least(0.4))
    const writes = [[patchUsers(acme.ready)], [patchUsers(floorReady)]] as const
    await against('PATCH metadata, 1 connection', ...writes, 1, least(0.7))
    await against('PATCH metadata, 32 connections', ...writes, 32, least(0.7))
    await against('PATCH metadata, 256 connections', ...writes, 256)
    await against(`PATCH metadata, ${settings.crowd} connections`, ...writes, settings.crowd)
    const withKey = side(acme, [patchUsers(acme.ready, { 'idempotency-key': 'auto_{id}' })], 32)
    const without = side(acme, [patchUsers(acme.ready, { 'x-no-key': 'auto_{id}' })], 32)
    const what = 'PATCH metadata with an idempotency key, 32 connections'
    await showRate(bench, { what, against: 'without one', goal: least(0.85) }, withKey, without)
    if (settings.withPeers) {
      const peer = await startChild<BetterAuthReady>('better-auth-server.ts', {
        from: fetchBetterAuth(),
        database: join(folder, 'better-auth.db'),
      })
      const beside = async (what: string, ours: readonly Requests[], theirs: readonly Requests[]) => {
        const compared = await compare(generator, side(acme, ours, 32), side(peer, theirs, 32), settings.rounds)
        show(rateRow(what, 'better-auth 1.7 on the same SQLite settings', compared))
      }
      await beside('PATCH metadata, 32 connections', [patchUsers(acme.ready)], peer.ready.updates)
      await beside('GET /v1/me by cookie, 32 connections', getMe(acme.ready), peer.ready.reads)
      await peer.close()
    }
  } finally {
    await Promise.all([acme.close(), floor.close()])
  }
}
