import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { newDatabase } from '../../conformance/new-database.ts'
import { scaled } from '../../conformance/scaled.ts'
import { createServer } from '../src/index.ts'
import { serve } from '../src/node/serve.ts'
import { toJsonSchema } from '../src/node/to-json-schema.ts'
import { createMemoryStorage } from '../src/storage/memory/memory-storage.ts'
import { createPostgresStorage } from '../src/storage/postgres/postgres-storage.ts'
import { createSqliteStorage } from '../src/storage/sqlite/sqlite-storage.ts'
import { newFolder, program, type Running, readKeys, start } from './command-line-setup.ts'
import migration from './migrated/0002-plan-to-tier.ts'
import { secretKey } from './setup.ts'

const file = fileURLToPath(new URL('migrated/0002-plan-to-tier.ts', import.meta.url))
const people = scaled(6_000, 400)
const kills = scaled(20, 2)

/** Where the server keeps everything, and how that is looked into when no server is there. */
const places = {
  SQLite: async (folder: string) => ({
    options: [] as string[],
    open: async () => createSqliteStorage({ database: new DatabaseSync(join(folder, 'acme.db')) }),
  }),
  PostgreSQL: async () => {
    const { url, drop } = await newDatabase()
    onTestFinished(drop)
    return { options: ['--database', url], open: () => createPostgresStorage({ url }) }
  },
}

/** A server that is killed and started anew at the same address. */
async function startMortal(folder: string, options: readonly string[]) {
  const begin = async (port: string): Promise<Running> => {
    const server = start('--data', folder, '--port', port, ...options)
    await server.until('Ctrl-C stops')
    return server
  }
  let server = await begin('0')
  const keys = await readKeys(folder)
  const url = String(keys['ACME_API_URL'])
  /** Asks until somebody answers: what was sent may have been done before. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  const call = async (method: string, path: string, body?: object): Promise<any> => {
    const headers = { authorization: `Bearer ${keys['ACME_SECRET_KEY']}`, 'content-type': 'application/json' }
    for (const until = Date.now() + 60_000; ; await setTimeout(10)) {
      const sent = { method, headers, ...(body && { body: JSON.stringify(body) }) }
      const response = await fetch(`${url}/v1/${path}`, sent).catch(() => undefined)
      const json = await response?.json().catch(() => undefined)
      if (response?.ok && json !== undefined) return json
      if ((response && response.status < 500) || Date.now() > until)
        throw new Error(`${method} ${path}: ${response?.status} ${JSON.stringify(json)}`)
    }
  }
  return {
    keys,
    call,
    async kill() {
      server.child.kill('SIGKILL')
      await server.exit
      server = await begin(new URL(url).port)
    },
    async end() {
      server.child.kill('SIGKILL')
      await server.exit
    },
  }
}

function runMigration(keys: Record<string, string>, ...options: string[]) {
  const args = ['--conditions=@acme/source', program, 'schema', 'migrate', file, '--concurrency', '2', ...options]
  const child = spawn(process.execPath, args, { env: { ...process.env, ...keys }, stdio: 'pipe' })
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data))
  const ended = new Promise<[number | null, string]>((resolve) =>
    child.once('close', (code) => resolve([code, output])),
  )
  return { child, ended }
}

test.each(Object.entries(places))(
  'a migration goes on while its server is killed again and again: each user once, no edit lost, and back to the byte: %s',
  async (_, place) => {
    const folder = await newFolder()
    const { options, open } = await place(folder)
    const { keys, call, kill, end } = await startMortal(folder, options)
    const schemas = Object.entries(migration.from.schemas).map(([kind, schema]) => [kind, toJsonSchema(schema, file)])
    await call('PUT', 'metadata_schemas', { schemas: Object.fromEntries(schemas) })
    const ids: string[] = []
    for (let n = 0; n < people; n += 100) {
      const some = Array.from({ length: 100 }, (_, index) => n + index).map((number) =>
        call('POST', 'users', {
          username: `person_${number}`,
          // The order of members is another one for every other.
          public_metadata: number % 2 ? { plan: 'pro', seats: 2, n: number } : { n: number, plan: 'free' },
        }),
      )
      for (const { id } of await Promise.all(some)) ids.push(id)
    }

    // A page is sure of what it was told, and sends again what it was not told of.
    const edits = new Map<string, number>()
    const edited = ids.filter((_, index) => index % 4 === 0)
    let isOver = false
    const writers = [0, 1].map(async (own) => {
      for (let turn = own; !isOver; turn += 2) {
        const id = edited[turn % edited.length] as string
        const count = (edits.get(id) ?? 0) + 1
        await call('PATCH', `users/${id}/metadata`, { unsafe_metadata: { edits: count } })
        edits.set(id, count)
        await setTimeout(2)
      }
    })
    /** Runs it to its end, and kills the server so often on the way. */
    const migrate = async (times: number, member: string, ...more: string[]) => {
      const going = runMigration(keys, ...more)
      for (let index = 0; index < times; index++) {
        const next = ids[Math.floor(((index + 0.5) * people) / times)] as string
        const isFar = async () =>
          going.child.exitCode !== null || (await call('GET', `users/${next}`)).public_metadata[member] !== undefined
        while (!(await isFar())) await setTimeout(2)
        await setTimeout(Math.random() * 30)
        await kill()
      }
      return going.ended
    }
    const up = await migrate(kills, 'tier')
    expect(up).toEqual([0, expect.stringMatching(/^0002-plan-to-tier is done: /)])
    expect((await call('GET', 'metadata_schemas')).version).toBe(2)
    const down = await migrate(Math.ceil(kills / 2), 'plan', '--down')
    isOver = true
    await Promise.all(writers)
    expect(down).toEqual([0, expect.stringMatching(/^0002-plan-to-tier --down is done: /)])
    await end()

    const storage = await open()
    let changes = 0
    for (const [index, id] of ids.entries()) {
      const user = await storage.find('users', id)
      const all = await storage.listChanges(id, { limit: 1_000 })
      const migrated = all.filter(({ actor }) => actor.migration).map(({ actor }) => actor.migration)
      expect([id, migrated]).toEqual([id, [migration.name, migration.name]])
      expect(user?.metadata.unsafe['edits']).toBe(edits.get(id))
      // Each edit but one that was sent again is one change, and what was sent again is the same.
      expect(all.length).toBeGreaterThanOrEqual(3 + (edits.get(id) ?? 0))
      changes += all.length
      const was = index % 2 ? `{"plan":"pro","seats":2,"n":${index}}` : `{"n":${index},"plan":"free"}`
      if (index % 4) expect(JSON.stringify(user?.metadata.public)).toBe(was)
      else expect(user?.metadata.public).toEqual(JSON.parse(was))
    }
    await storage.close()
    const written = [...edits.values()].reduce((sum, count) => sum + count, 0)
    console.info(`${people} users, ${kills} kills and ${Math.ceil(kills / 2)} on the way back: ${written} edits kept`)
    expect(changes).toBeGreaterThan(3 * people)
  },
  600_000,
)

test('a command that did not hear of the last step finds that its migration is done', async () => {
  const server = await createServer({
    storage: createMemoryStorage(),
    publishableKey: `pk_test_${btoa('127.0.0.1$')}`,
    secretKeys: [secretKey],
  })
  let lost = 0
  const { url, close } = await serve({
    async fetch(request, info) {
      const response = await server.fetch(request, info)
      if (lost > 0 || !request.url.endsWith('/finish')) return response
      lost++
      await server.runJobs()
      return new Response(null, { status: 502 })
    },
  })
  onTestFinished(async () => {
    await close()
    await server.close()
  })
  await server.createUsers([{ username: 'ada', public_metadata: { n: 1, plan: 'pro' } }])
  const { ended } = runMigration({ ACME_API_URL: url, ACME_SECRET_KEY: secretKey })
  expect(await ended).toEqual([0, '0002-plan-to-tier is done: 1 users have the new form, which is enforced.\n'])
  expect(lost).toBe(1)
}, 60_000)
