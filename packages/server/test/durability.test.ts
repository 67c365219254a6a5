import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { scaled } from '../../conformance/scaled.ts'
import { createSqliteStorage } from '../src/storage/sqlite/sqlite-storage.ts'
import { call, newFolder, readKeys, start } from './command-line-setup.ts'

const rounds = scaled(40, 5)
const storm = 60

test('no acknowledged write is lost when the process is killed in a storm of them, and the database stays whole', async () => {
  const folder = await newFolder()
  const acknowledged: string[] = []
  let cutOff = 0
  for (let round = 0; round < rounds; round++) {
    const server = start('--data', folder, '--port', '0')
    await server.until('Ctrl-C stops')
    const keys = await readKeys(folder)
    const writes = Array.from({ length: storm }, (_, index) =>
      call(keys, '/v1/users', { username: `user_${round}_${index}` }).then(
        ({ id }) => void acknowledged.push(id),
        () => void cutOff++,
      ),
    )
    // At another moment of the storm each time: between the first acknowledgment and the last.
    await Promise.race([writes[(round * 7) % storm], new Promise((resolve) => setTimeout(resolve, 30 + round * 3))])
    server.child.kill('SIGKILL')
    await server.exit
    await Promise.all(writes)
    const database = new DatabaseSync(join(folder, 'acme.db'))
    expect(Object.values(database.prepare('PRAGMA integrity_check').get() as object)).toEqual(['ok'])
    const kept = new Set(
      database
        .prepare('SELECT id FROM users')
        .all()
        .map(({ id }) => id),
    )
    expect(acknowledged.filter((id) => !kept.has(id))).toEqual([])
    database.close()
  }
  console.info(
    `${rounds} kills: ${acknowledged.length} writes acknowledged, ${cutOff} cut off, none of the former lost`,
  )
  // Killed in the midst: some were acknowledged, some were not.
  expect(acknowledged.length).toBeGreaterThan(0)
  expect(cutOff).toBeGreaterThan(0)
}, 240_000)

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
