import { DatabaseSync } from 'node:sqlite'
import { onTestFinished } from 'vitest'
import { newDatabase } from '../../conformance/new-database.ts'
import type { Storage } from '../src/index.ts'
import { createMemoryStorage } from '../src/storage/memory/memory-storage.ts'
import { createPostgresStorage } from '../src/storage/postgres/postgres-storage.ts'
import { createSqliteStorage } from '../src/storage/sqlite/sqlite-storage.ts'

/** How a new storage of each kind is made, which goes with the test that asks for it. */
export const storages: Readonly<Record<string, () => Promise<Storage>>> = {
  memory: async () => createMemoryStorage(),
  SQLite: async () => createSqliteStorage({ database: new DatabaseSync(':memory:') }),
  async PostgreSQL() {
    const { url, drop } = await newDatabase()
    onTestFinished(drop)
    const storage = await createPostgresStorage({ url })
    onTestFinished(() => storage.close())
    return storage
  },
}
