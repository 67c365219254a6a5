// What it costs to seal private metadata: writes and reads of users with 1 kB of it on SQLite, sealed and in clear, by turns.
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { formatPublishableKey } from '@acme/schema'
import { createServer } from '../src/create-server.ts'
import { createSealer } from '../src/node/create-sealer.ts'
import { sealStorage } from '../src/storage/sealed/sealed-storage.ts'
import { createSqliteStorage } from '../src/storage/sqlite/sqlite-storage.ts'

const secretKey = 'sk_test_0123456789'
const origin = 'http://127.0.0.1:8787'
const [people, connections, turns, turn] = [2_000, 32, 5, 1_500]
const directory = await mkdtemp(join(tmpdir(), 'acme-sealing-bench-'))

async function open(isSealed: boolean) {
  const kept = createSqliteStorage({ database: new DatabaseSync(join(directory, `${isSealed}.db`)) })
  const sealer = createSealer({ key: randomBytes(32), previous: [] })
  const server = await createServer({
    storage: isSealed ? await sealStorage(kept, { sealer, sealsMetadata: true }) : kept,
    publishableKey: formatPublishableKey({ instanceType: 'test', host: '127.0.0.1:8787' }),
    secretKeys: [secretKey],
  })
  const text = 'x'.repeat(1_000)
  const users = Array.from({ length: people }, (_, n) => ({ username: `user_${n}`, private_metadata: { text } }))
  const ids = await server.createUsers(users)
  return async (method: string, body?: (n: number) => object): Promise<number> => {
    const end = Date.now() + turn
    let done = 0
    const path = body ? '/metadata' : ''
    await Promise.all(
      Array.from({ length: connections }, async () => {
        while (Date.now() < end) {
          const id = ids[Math.floor(Math.random() * people)]
          const response = await server.fetch(
            new Request(`${origin}/v1/users/${id}${path}`, {
              method,
              headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' },
              ...(body && { body: JSON.stringify(body(done)) }),
            }),
          )
          if (response.status !== 200) throw new Error(await response.text())
          done++
        }
      }),
    )
    return (done / turn) * 1_000
  }
}

const [clear, sealed] = [await open(false), await open(true)]
const asked: Readonly<Record<string, (run: typeof clear) => Promise<number>>> = {
  'GET a user': (run) => run('GET'),
  'PATCH public metadata': (run) => run('PATCH', (n) => ({ public_metadata: { n } })),
  'PATCH private metadata': (run) => run('PATCH', (n) => ({ private_metadata: { n } })),
}
for (const [name, ask] of Object.entries(asked)) {
  const rates: (readonly [number, number])[] = []
  for (let index = 0; index < turns; index++) rates.push([await ask(clear), await ask(sealed)])
  const middle = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
  const ratio = middle(rates.map(([one, other]) => other / one))
  console.log(
    `${name}: ${middle(rates.map(([one]) => one)).toFixed(0)}/s in clear, ` +
      `${middle(rates.map(([, other]) => other)).toFixed(0)}/s sealed, ${(ratio * 100).toFixed(0)} %`,
  )
}
await rm(directory, { recursive: true })
