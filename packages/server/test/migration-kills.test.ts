import { spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { scaled } from '../../conformance/scaled.ts'
import { createServer } from '../src/index.ts'
import { serve } from '../src/node/serve.ts'
import { toJsonSchema } from '../src/node/to-json-schema.ts'
import { createSqliteStorage } from '../src/storage/sqlite/sqlite-storage.ts'
import { newFolder, program } from './command-line-setup.ts'
import migration from './migrated/0002-plan-to-tier.ts'
import { secretKey } from './setup.ts'

const file = fileURLToPath(new URL('migrated/0002-plan-to-tier.ts', import.meta.url))
// A hundredth unless all is asked for: what counts are the kills.
const people = scaled(scaled(100_000), 400)
const kills = scaled(20)

/** A running server with so many users, and the ways to it. */
async function startWithUsers(count: number) {
  const folder = await newFolder()
  await mkdir(folder)
  const storage = createSqliteStorage({ database: new DatabaseSync(join(folder, 'acme.db')) })
  const publishableKey = `pk_test_${btoa('127.0.0.1$')}`
  const server = await createServer({ storage, publishableKey, secretKeys: [secretKey], rateLimit: false })
  const { url, close } = await serve(server)
  onTestFinished(async () => {
    await close()
    await server.close()
  })
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  const call = async (method: string, path: string, body?: object): Promise<{ status: number; json: any }> => {
    const headers = { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' }
    const response = await fetch(`${url}/v1/${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) })
    return { status: response.status, json: await response.json() }
  }
  const schemas = Object.entries(migration.from.schemas).map(([kind, schema]) => [kind, toJsonSchema(schema, file)])
  await call('PUT', 'metadata_schemas', { schemas: Object.fromEntries(schemas) })
  const ids: string[] = []
  for (let n = 0; n < count; n += 500) {
    const some = Array.from({ length: Math.min(500, count - n) }, (_, index) => n + index)
    ids.push(
      ...(await server.createUsers(
        some.map((number) => ({
          username: `person_${number}`,
          // The order of members is another one for every other.
          public_metadata: number % 2 ? { plan: 'pro', seats: 2, n: number } : { n: number, plan: 'free' },
          private_metadata: { customerId: `canary_${number}` },
        })),
      )),
    )
  }
  const run = (...options: string[]) => {
    const child = spawn(process.execPath, ['--conditions=@acme/source', program, 'schema', 'migrate', ...options], {
      env: { ...process.env, ACME_API_URL: url, ACME_SECRET_KEY: secretKey },
      stdio: 'pipe',
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data))
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
    return { child, ended, output: () => output }
  }
  /** How many users have been written by the migration. */
  const find = async (id: string) => (await call('GET', `users/${id}`)).json
  return { storage, call, ids, run, find }
}

test('a migration that is killed again and again migrates each user once, keeps what pages write, and goes back to the byte', async () => {
  const { storage, call, ids, run, find } = await startWithUsers(people)
  const dry = run(file, '--dry-run')
  expect(await dry.ended).toBe(0)
  expect(dry.output()).toContain(`${people.toLocaleString('en')} users: ${people.toLocaleString('en')} would change`)
  const before = new Map<string, string>()
  for (const id of ids) before.set(id, JSON.stringify((await storage.find('users', id))?.metadata))

  // Those of every fourth are written by pages and by a back end of yesterday meanwhile.
  const edited = ids.filter((_, index) => index % 4 === 0)
  const edits = new Map<string, number>()
  const plans = new Map<string, string>()
  let isOver = false
  let refused = 0
  const writer = async (own: number) => {
    for (let turn = 0; !isOver; turn++) {
      const id = edited[(own + 3 * turn) % edited.length] as string
      if ((own + 3 * turn) % 3 !== own) continue
      const count = (edits.get(id) ?? 0) + 1
      const page = await call('PATCH', `users/${id}/metadata`, { unsafe_metadata: { edits: count } })
      if (page.status === 200) edits.set(id, count)
      else refused++
      const plan = turn % 2 ? 'pro' : 'free'
      const backend = await call('PATCH', `users/${id}/metadata`, { public_metadata: { plan } })
      if (backend.status === 200) plans.set(id, plan)
      else refused++
    }
  }
  const writers = [0, 1, 2].map(writer)
  /** Runs it to its end, and kills it so often on the way. */
  const migrate = async (times: number, ...options: string[]) => {
    for (let kill = 0; kill < times; kill++) {
      const going = run(file, ...options)
      const isFar = async () => {
        const migrated = storage.find('migratedUsers', ids[Math.floor(((kill + 0.5) * people) / (times + 1))] as string)
        return going.child.exitCode !== null || (await migrated) !== undefined
      }
      const until = Date.now() + 3_000 + 20 * ((kill * 7) % 10)
      while (Date.now() < until && !(await isFar())) await new Promise((resolve) => setTimeout(resolve, 3))
      going.child.kill('SIGKILL')
      await going.ended
    }
    const last = run(file, ...options)
    // Those of yesterday go on until the last pass.
    const status = await last.ended
    return { status, output: last.output() }
  }
  const { status, output } = await migrate(kills)
  isOver = true
  await Promise.all(writers)
  expect([status, output]).toEqual([0, expect.stringMatching(/^0002-plan-to-tier is done: /)])
  expect((await call('GET', 'metadata_schemas')).json).toMatchObject({ version: 2 })

  let [once, more] = [0, 0]
  for (const [index, id] of ids.entries()) {
    const user = await find(id)
    const changes = (await storage.listChanges(id, { limit: 1_000 })).filter(({ actor }) => actor.migration)
    expect(user.unsafe_metadata.edits).toBe(edits.get(id))
    const plan = plans.get(id) ?? (index % 2 ? 'pro' : 'free')
    expect(user.public_metadata).toEqual({
      n: index,
      tier: plan === 'pro' ? 1 : 0,
      ...(index % 2 && { seats: 2 }),
    })
    if (changes.length === 1) once++
    else more++
    // Again only where somebody wrote the form of yesterday.
    if (index % 4) expect(changes).toHaveLength(1)
    else expect(changes.length).toBeGreaterThan(0)
  }

  const back = await migrate(Math.ceil(kills / 4), '--down')
  expect([back.status, back.output]).toEqual([0, expect.stringMatching(/^0002-plan-to-tier --down is done: /)])
  for (const [index, id] of ids.entries()) {
    const metadata = (await storage.find('users', id))?.metadata
    if (index % 4) expect(JSON.stringify(metadata)).toBe(before.get(id))
    else expect(metadata?.unsafe['edits']).toBe(edits.get(id))
  }
  const written = [...edits.values()].reduce((sum, count) => sum + count, 0)
  console.info(
    `${people} users, ${kills} kills: ${once} migrated once, ${more} again after writes of yesterday; ` +
      `${written} edits of pages kept, ${refused} writes refused`,
  )
}, 1_200_000)

test('what cannot be migrated is told user by user, leaves both forms open, and is gone on with when it is mended', async () => {
  const { call, ids, run, find } = await startWithUsers(250)
  const folder = await newFolder()
  await mkdir(folder)
  const wrong = join(folder, 'wrong.ts')
  const text = (body: string) => `
    import migration from ${JSON.stringify(file)}
    export default { ...migration, up(user: any) { ${body}; return migration.up(user) } }
  `
  await writeFile(wrong, text("if (user.publicMetadata.n % 100 === 50) throw new Error('not this one')"))
  const dry = run(wrong, '--dry-run')
  expect(await dry.ended).toBe(0)
  expect(dry.output()).toContain('250 users: 248 would change, 0 would not, 0 have the new form, 2 would fail.')
  expect(dry.output().match(/not this one/g)).toHaveLength(2)
  expect(dry.output().match(/public_metadata \{"plan":null,"tier":[01]\}/g)).toHaveLength(10)
  expect(dry.output()).not.toContain('canary')
  expect((await call('GET', 'metadata_schemas')).json.pending).toBeUndefined()
  const first = run(wrong)
  expect(await first.ended).toBe(1)
  expect(first.output()).toContain('2 users could not be migrated')
  expect(first.output()).toContain(`  ${ids[50]}  not this one`)
  // Those who are not through live on.
  const { status } = await call('PATCH', `users/${ids[50]}/metadata`, { public_metadata: { plan: 'pro' } })
  expect(status).toBe(200)
  await writeFile(wrong, text("user.privateMetadata.customerId = 'x'"))
  const second = run(wrong)
  expect([await second.ended, second.output()]).toEqual([
    0,
    '0002-plan-to-tier is done: 250 users have the new form, which is enforced.\n',
  ])
  expect((await find(ids[50] as string)).public_metadata).toEqual({ n: 50, tier: 1 })
  const third = run(wrong)
  expect([await third.ended, third.output()]).toEqual([1, expect.stringContaining('is done already')])
}, 120_000)
