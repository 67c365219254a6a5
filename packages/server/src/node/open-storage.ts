import { chmodSync, closeSync, existsSync, openSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { readDatabaseUrl } from '../storage/postgres/database-url.ts'
import { createPostgresStorage } from '../storage/postgres/postgres-storage.ts'
import { assertKeys, sealStorage } from '../storage/sealed/sealed-storage.ts'
import { createSqliteStorage } from '../storage/sqlite/sqlite-storage.ts'
import type { Storage } from '../storage/storage.ts'
import { StorageError } from '../storage/storage-error.ts'
import { createSealer, type SealingKeys } from './create-sealer.ts'
import { readSealingKeys } from './sealing-options.ts'

/** Where everything is kept: in a directory, or in a database elsewhere. */
export interface Place {
  readonly directory: string
  /** The URL of a PostgreSQL database, instead of an SQLite one in the directory. */
  readonly database?: string | undefined
  /** What secrets are sealed by. @default the keys of the environment */
  readonly sealing?: SealingKeys | undefined
  /** Whether metadata that no page may read is sealed, too; once it is, it stays so. @default false */
  readonly sealsMetadata?: boolean | undefined
  /** Whether rows are given as they are kept, sealed, for who copies them. @default false */
  readonly isRaw?: boolean | undefined
  /** Whether what is not there is made, and what is of an older version changed. @default true */
  readonly migrates?: boolean | undefined
}

/** The file of the SQLite database of a directory. */
export function databaseFile(directory: string): string {
  return join(directory, 'acme.db')
}

/** Says where a storage is, without how one logs in to it. */
export function describePlace({ directory, database }: Place): string {
  return database === undefined ? databaseFile(directory) : `PostgreSQL at ${readDatabaseUrl(database).name}`
}

/** Makes the directory of a server, which nobody else may look into. */
export async function makeDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
}

/**
 * Has nobody but its owner read a database, which holds the key that signs sessions: the directory may have been there
 * before, with other rights. SQLite gives the files beside it the rights of the database.
 */
function makePrivate(file: string): void {
  closeSync(openSync(file, 'a', 0o600))
  for (const path of [file, `${file}-wal`, `${file}-shm`]) if (existsSync(path)) chmodSync(path, 0o600)
}

/**
 * Opens the storage of a place, making what is not there.
 *
 * @throws Error saying why it cannot be opened, without a password
 * @throws AcmeError `sealing_key_missing`, `sealed_metadata_indexed`
 */
export async function openStorage(place: Place): Promise<Storage> {
  const keys = place.sealing ?? readSealingKeys()
  if (place.sealsMetadata && !keys?.key) {
    throw new Error('private metadata is sealed by ACME_SEALING_KEY: set it to what openssl rand -base64 32 prints')
  }
  const storage = await openKept(place)
  if (place.isRaw) return storage
  try {
    if (keys) return await sealStorage(storage, { sealer: createSealer(keys), sealsMetadata: place.sealsMetadata })
    assertKeys(await storage.find('instances', 'instance'), undefined)
    return storage
  } catch (error) {
    await storage.close()
    throw error
  }
}

async function openKept(place: Place): Promise<Storage> {
  const { directory, database, migrates = true } = place
  if (database === undefined) {
    const file = databaseFile(directory)
    if (migrates) await makeDirectory(directory)
    else if (!existsSync(file)) throw new Error(`there is no database at ${file}`)
    makePrivate(file)
    return createSqliteStorage({ database: new DatabaseSync(file), migrates })
  }
  try {
    return await createPostgresStorage({ url: database, migrates })
  } catch (error) {
    if (!(error instanceof StorageError)) throw error
    const { code } = error.cause as { code?: unknown }
    const why = typeof code === 'string' && /^\w+$/.test(code) ? ` (${code})` : ''
    throw new Error(`${describePlace(place)} is ${error.failure.replace('_', ' ')}${why}`)
  }
}
