import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import postgres from 'postgres'
import { expect, onTestFinished, test } from 'vitest'
import { newDatabase } from '../../conformance/new-database.ts'
import { scaled } from '../../conformance/scaled.ts'
import { createSqliteStorage } from '../src/storage/sqlite/sqlite-storage.ts'
import { call, newFolder, readKeys, start } from './command-line-setup.ts'

const rounds = scaled(40, 5)
const senders = 60

/** Where the writes go: the options that say so, and all the ids that are there, once the place was found whole. */
const places = {
  async SQLite(folder: string) {
    return {
      options: [] as string[],
      async readIds() {
        const database = new DatabaseSync(join(folder, 'acme.db'))
        expect(Object.values(database.prepare('PRAGMA integrity_check').get() as object)).toEqual(['ok'])
        const rows = database.prepare('SELECT id FROM users').all()
        database.close()
        return rows.map(({ id }) => id)
      },
    }
  },
  async PostgreSQL() {
    const { url, drop } = await newDatabase()
    onTestFinished(drop)
    return {
      options: ['--database', url],
      async readIds() {
        const sql = postgres(url, { max: 1 })
        const rows = await sql`SELECT id FROM users`
        await sql.end()
        return rows.map(({ id }) => id)
      },
    }
  },
}

test.each(Object.entries(places))(
  'no acknowledged write is lost when the process is killed in a storm of them, and the database stays whole: %s',
  async (_, place) => {
    const folder = await newFolder()
    const { options, readIds } = await place(folder)
    const acknowledged: string[] = []
    let cutOff = 0
    for (let round = 0; round < rounds; round++) {
      const server = start('--data', folder, '--port', '0', ...options)
      await server.until('Ctrl-C stops')
      const keys = await readKeys(folder)
      // At another moment of the storm each time; it goes on until there is nobody left to write to.
      const killAt = acknowledged.length + 1 + ((round * 7) % (2 * senders))
      const send = async (sender: number) => {
        for (let count = 0; ; count++) {
          const { id } = await call(keys, '/v1/users', { username: `user_${round}_${sender}_${count}` })
          if (acknowledged.push(id) === killAt) server.child.kill('SIGKILL')
        }
      }
      const ends = await Promise.allSettled(Array.from({ length: senders }, (_, sender) => send(sender)))
      cutOff += ends.length
      await server.exit
      const kept = new Set(await readIds())
      expect(acknowledged.filter((id) => !kept.has(id))).toEqual([])
    }
    console.info(
      `${rounds} kills: ${acknowledged.length} writes acknowledged, ${cutOff} cut off, none of the former lost`,
    )
  },
  240_000,
)

test('each commit is synced: the level of durability, read back from the database', async () => {
  const folder = await newFolder()
  const database = new DatabaseSync(`${folder}.db`)
  const storage = createSqliteStorage({ database })
  const read = (pragma: string) => Object.values(database.prepare(`PRAGMA ${pragma}`).get() as object)[0]
  expect({ journal: read('journal_mode'), synchronous: read('synchronous') }).toEqual({
    journal: 'wal',
    synchronous: 2,
  })
  await storage.close()
})
