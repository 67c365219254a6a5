import { join } from 'node:path'
import type { AcmeReady } from './acme-server.ts'
import type { Bench } from './bench.ts'
import { type BetterAuthReady, fetchBetterAuth } from './better-auth.ts'
import { type Child, startChild } from './child.ts'
import { type Comparison, compare } from './compare.ts'
import type { Requests } from './load.ts'
import { getMe, getUsers, patchUsers } from './requests.ts'
import { least, type Row, rateRow } from './row.ts'
import { showRate } from './show-rate.ts'

/** Why a write costs more than the floor's, by what one costs that keeps as much. */
function limitOfWrites({ rate, ourCost, theirCost }: Comparison): string {
  return `The floor writes one row of one tree. A change here also moves the user among the latest and keeps what changed, and by
whom, in the order of time: four trees. A floor that writes these reaches ${rate.median.toFixed(2)} of the one that does not
(${ourCost.toFixed(0)} us of processor a reply and ${theirCost.toFixed(0)}), and so much is all that could be reached if the rest cost nothing. The rest
is what a floor leaves out: the key is checked, the body judged by every rule before and after the merge, the difference
made forth and back, and the user projected.`
}

/** Why a read costs more than the floor's. */
const limitOfReads = `A third is the write to the socket, which the floor does as well; the rest is Node's HTTP, and what finds out who asks and
which route it is.`

/** Why a key costs what it does. */
const limitOfKeys = `A key is looked up, and a row of it written with its digest and that of the request, in a table and two indexes: three trees
beside the four of the change itself.`

/** Reads and writes of single users on SQLite, beside the floor and better-auth. */
export async function oneUser(bench: Bench): Promise<void> {
  const { folder, generator, settings, show } = bench
  const file = join(folder, 'thousand.db')
  const acme = await startChild<AcmeReady>('acme-server.ts', { sqlite: file, users: 1_000 })
  const floor = await startChild<{ readonly url: string }>('floor-server.ts', {
    from: file,
    database: join(folder, 'floor.db'),
  })
  const keeping = await startChild<{ readonly url: string }>('floor-server.ts', {
    from: file,
    database: join(folder, 'keeping.db'),
    keepsChanges: true,
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
    limit?: string,
  ) => {
    const [mine, floors] = [side(acme, ours, connections), side(floor, theirs, connections)]
    await showRate(bench, { what, against: 'node:http and the same SELECT or group commit', goal, limit }, mine, floors)
  }
  try {
    await against(
      'GET one user by secret key, 32 connections',
      [getUsers(acme.ready)],
      [getUsers(floorReady)],
      32,
      least(0.5),
      limitOfReads,
    )
    await against('GET /v1/me by cookie, 32 connections', getMe(acme.ready), [getUsers(floorReady)], 32, least(0.4))
    const writes = [[patchUsers(acme.ready)], [patchUsers(floorReady)]] as const
    for (const connections of [1, 32]) {
      const many = `${connections} connection${connections === 1 ? '' : 's'}`
      const keeps = {
        what: `node:http and a group commit that keeps changes, too, ${many}`,
        against: 'one that keeps none',
      }
      const plain = (one: typeof floor) => side(one, [patchUsers({ url: one.ready.url, userIds })], connections)
      const limit = limitOfWrites(await showRate(bench, keeps, plain(keeping), plain(floor)))
      await against(`PATCH metadata, ${many}`, ...writes, connections, least(0.7), limit)
    }
    await against('PATCH metadata, 256 connections', ...writes, 256)
    await against(`PATCH metadata, ${settings.crowd} connections`, ...writes, settings.crowd)
    const withKey = side(acme, [patchUsers(acme.ready, { 'idempotency-key': 'auto_{id}' })], 32)
    const without = side(acme, [patchUsers(acme.ready, { 'x-no-key': 'auto_{id}' })], 32)
    const what = 'PATCH metadata with an idempotency key, 32 connections'
    await showRate(bench, { what, against: 'without one', goal: least(0.85), limit: limitOfKeys }, withKey, without)
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
    await Promise.all([acme.close(), floor.close(), keeping.close()])
  }
}
