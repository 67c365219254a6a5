import postgres from 'postgres'
import { expect, onTestFinished, test } from 'vitest'
import { newDatabase } from '../../conformance/new-database.ts'
import { scaled } from '../../conformance/scaled.ts'
import { pgBouncer, startPgBouncer } from '../../tools/src/start-pgbouncer.ts'
import { type Postgres, startPostgres } from '../../tools/src/start-postgres.ts'
import type { Server } from '../src/index.ts'
import { createPostgresStorage } from '../src/storage/postgres/postgres-storage.ts'
import { sendBackend, startServer } from './setup.ts'

const senders = 16

/** What became of writes, by the names they gave: those that ended in no way that is known are in neither list. */
interface Tally {
  readonly acknowledged: string[]
  readonly refused: string[]
  /** Answers by which no client could tell what was wrong. */
  readonly untyped: string[]
}

/** Writes, many at once, until it is told to stop; one that is not answered is sent again with its key, as SDKs do. */
function storm(server: Server, name: string) {
  const tally: Tally = { acknowledged: [], refused: [], untyped: [] }
  let isOver = false
  const write = async (username: string) => {
    for (let attempt = 0; attempt < 3; attempt++) {
      const key = { 'idempotency-key': `auto_${username}` }
      const { status, headers, json } = await sendBackend(server, 'POST', '/v1/users', { username }, key)
      if (status === 200) return tally.acknowledged.push(username)
      if (status !== 503 || !/^storage_/.test(json.errors[0].code)) return tally.untyped.push(JSON.stringify(json))
      if (headers.get('acme-outcome') === 'not_applied') return tally.refused.push(username)
    }
    return undefined
  }
  const send = async (sender: number) => {
    for (let count = 0; !isOver; count++) await write(`${name}_${sender}_${count}`)
  }
  const ends = Promise.all(Array.from({ length: senders }, (_, sender) => send(sender)))
  return {
    tally,
    async stop() {
      isOver = true
      await ends
    },
  }
}

/** The names in a database, once for each user and once for each identifier. */
async function namesIn(url: string): Promise<readonly string[]> {
  const sql = postgres(url, { max: 1 })
  const rows = await sql`SELECT data::json ->> 'username' AS name FROM users
    UNION ALL SELECT substr(id, 10) FROM rows WHERE collection = 'identifiers'`
  await sql.end()
  return rows.map(({ name }) => name as string)
}

/** Every acknowledged write is there once, with its identifier, and none that was refused. */
async function expectKept(url: string, { acknowledged, refused, untyped }: Tally): Promise<void> {
  expect(untyped).toEqual([])
  const times = new Map<string, number>()
  for (const name of await namesIn(url)) times.set(name, (times.get(name) ?? 0) + 1)
  expect(acknowledged.filter((name) => times.get(name) !== 2)).toEqual([])
  expect(refused.filter((name) => times.has(name))).toEqual([])
  // What nobody was told of is there as a whole or not at all.
  expect([...times.values()].filter((count) => count !== 2)).toEqual([])
}

async function startOn(url: string): Promise<Server> {
  const server = await startServer({ storage: await createPostgresStorage({ url }) })
  onTestFinished(() => server.close())
  return server
}

async function newPostgres(options: Parameters<typeof startPostgres>[0] = {}): Promise<Postgres> {
  const started = await startPostgres(options)
  onTestFinished(() => started.close())
  return started
}

test('a database that is killed under writes loses none that was acknowledged, and the server goes on when it is back', async () => {
  const database = await newPostgres()
  const server = await startOn(database.url)
  for (let round = 0; round < scaled(10, 2); round++) {
    const { tally, stop } = storm(server, `user_${round}`)
    await expect.poll(() => tally.acknowledged.length).toBeGreaterThan(50 + ((round * 37) % 200))
    // A restart in order now and then, too.
    if (round % 2 === 0) database.kill()
    else await database.stop()
    const before = tally.acknowledged.length
    await database.restart()
    await expect.poll(() => tally.acknowledged.length).toBeGreaterThan(before + 50)
    await stop()
    await expectKept(database.url, tally)
  }
})

test('when a primary is killed its standby has every acknowledged write, serves reads, and takes writes once promoted', async () => {
  const primary = await newPostgres()
  const standby = await newPostgres({ standbyOf: primary })
  const [one, other] = [primary.url, standby.url].map((url) => new URL(url).host)
  const server = await startOn(`postgres://postgres@${one},${other}/postgres`)
  const { json: first } = await sendBackend(server, 'POST', '/v1/users', { username: 'first' })
  const { tally, stop } = storm(server, 'user')
  await expect.poll(() => tally.acknowledged.length).toBeGreaterThan(200)
  primary.kill()
  // Read from the standby: nobody takes writes at the moment.
  expect((await sendBackend(server, 'GET', `/v1/users/${first.id}`)).json.username).toBe('first')
  expect((await sendBackend(server, 'GET', '/v1/users/count')).json.total_count).toBeGreaterThan(200)
  const before = tally.acknowledged.length
  await standby.promote()
  const promotedAt = Date.now()
  await expect.poll(() => tally.acknowledged.length).toBeGreaterThan(before)
  console.info(`writes again ${Date.now() - promotedAt} ms after the promotion`)
  await stop()
  await expectKept(standby.url, { ...tally, acknowledged: [...tally.acknowledged, 'first'] })
})

test.skipIf(!pgBouncer)(
  'behind a PgBouncer in transaction mode, which is killed and started again, no acknowledged write is lost either',
  async () => {
    const { url, drop } = await newDatabase()
    const bouncer = await startPgBouncer(url)
    onTestFinished(async () => {
      await bouncer.close()
      await drop()
    })
    // Two processes would be two of these.
    const servers = [await startOn(bouncer.url), await startOn(bouncer.url)]
    for (let round = 0; round < scaled(10, 2); round++) {
      const storms = servers.map((server, index) => storm(server, `user_${round}_${index}`))
      const written = () => Math.min(...storms.map(({ tally }) => tally.acknowledged.length))
      await expect.poll(written).toBeGreaterThan(20 + ((round * 37) % 100))
      const before = written()
      await bouncer.restart()
      await expect.poll(written).toBeGreaterThan(before + 20)
      for (const { stop } of storms) await stop()
      for (const { tally } of storms) await expectKept(url, tally)
    }
  },
)
