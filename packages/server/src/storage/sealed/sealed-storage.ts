import { AcmeError } from '@acme/schema'
import type { Collection, InstanceRow, MetadataSchemasRow, Rows } from '../rows.ts'
import type { Snapshot, Storage, Write } from '../storage.ts'
import { StorageError } from '../storage-error.ts'
import { createRowSealer } from './seal-rows.ts'
import { sealedKinds } from './sealed-values.ts'
import type { Sealer } from './sealer.ts'

/** What is sealed in a storage. */
export interface SealingOptions {
  readonly sealer: Sealer
  /** Whether metadata is sealed that no page may read, besides the secrets of the server. Once it is, it stays so. */
  readonly sealsMetadata?: boolean | undefined
}

const instanceKey = { collection: 'instances', id: 'instance' } as const

/**
 * Gives a storage that seals secrets before another one keeps them, and opens them when they are read: everything in
 * front of it sees rows as they are, everything behind it as they are kept.
 *
 * @throws AcmeError `sealing_key_missing` when something may be sealed by a key that the sealer has not,
 * `sealed_metadata_indexed` when metadata is to be sealed that an index would keep in clear
 * @throws SealError when what is kept of the instance does not open
 */
export async function sealStorage(storage: Storage, { sealer, sealsMetadata }: SealingOptions): Promise<Storage> {
  const kept = await storage.find(instanceKey.collection, instanceKey.id)
  assertKeys(kept, sealer)
  let isSealingMetadata = sealer.keyId !== undefined && (sealsMetadata || kept?.sealing?.metadata || false)
  if (isSealingMetadata) {
    const schemas = await storage.find('metadataSchemas', 'active')
    if (schemas) assertNoSealedIndex(schemas)
  }
  const rows = createRowSealer(sealer, () => isSealingMetadata)
  /** Whether what this process would seal could not be opened any more: its key was taken out of use. */
  let isOutdated = false

  function open<C extends Collection>(collection: C, row: Rows[C]): Rows[C] {
    const made = rows.open(collection, row)
    if (collection === 'instances') {
      const { sealing } = row as InstanceRow
      // Asked for by another process.
      if (sealer.keyId !== undefined && sealing?.metadata) isSealingMetadata = true
      isOutdated = sealer.keyId !== undefined && sealing !== undefined && !sealing.keyIds.includes(sealer.keyId)
    }
    return made
  }

  /** What an instance may be sealed by is written with the first thing that is. */
  function noted(row: InstanceRow): InstanceRow {
    if (sealer.keyId === undefined) return row
    const keyIds = [...new Set([...(row.sealing?.keyIds ?? []), sealer.keyId])]
    return { ...row, sealing: { keyIds, metadata: isSealingMetadata } }
  }

  function seal(write: Write): Write {
    if ('append' in write) return { append: rows.sealChange(write.append) }
    if (!('put' in write)) return write
    if (write.put === 'metadataSchemas' && isSealingMetadata) assertNoSealedIndex(write.row)
    const row = write.put === 'instances' ? noted(write.row) : write.row
    return { ...write, row: rows.seal(write.put, row) } as Write
  }

  const opened = (snapshot: Snapshot): Snapshot => ({
    get(collection, id) {
      const row = snapshot.get(collection, id)
      return row && open(collection, row)
    },
  })

  const openWrite = (write: Write): Write => {
    if ('append' in write) return { append: rows.openChange(write.append) }
    return 'put' in write ? ({ ...write, row: open(write.put, write.row) } as Write) : write
  }

  const sealed: Storage = {
    ...storage,
    async *dump(part) {
      for await (const writes of storage.dump(part)) yield writes.map(openWrite)
    },
    async find(collection, id) {
      const row = await storage.find(collection, id)
      return row && open(collection, row)
    },
    listUsers: async (query) => (await storage.listUsers(query)).map((row) => rows.open('users', row)),
    listChanges: async (userId, page) => (await storage.listChanges(userId, page)).map(rows.openChange),
    async transact(transaction) {
      if (isOutdated) throw new StorageError('outdated', new Error('the sealing key was taken out of use'))
      const { follow } = transaction
      return storage.transact({
        ...transaction,
        ...(follow && { follow: (snapshot: Snapshot) => follow(opened(snapshot)) }),
        decide(snapshot) {
          const { writes, result } = transaction.decide(opened(snapshot))
          return { writes: writes.map(seal), result }
        },
      })
    },
  }
  if (kept) {
    // What is sealed by this key from now on, nobody is to start without.
    await storage.transact({
      reads: [instanceKey],
      decide(snapshot) {
        const row = snapshot.get(instanceKey.collection, instanceKey.id)
        const after = row && noted(rows.open('instances', row))
        const isNew = JSON.stringify(after?.sealing) !== JSON.stringify(row?.sealing)
        return { writes: after && isNew ? [seal({ put: 'instances', row: after })] : [], result: undefined }
      },
    })
  }
  return sealed
}

/**
 * Refuses to work on what may hold sealed things without the keys that open them.
 *
 * @throws AcmeError `sealing_key_missing`
 */
export function assertKeys(row: InstanceRow | undefined, sealer: Pick<Sealer, 'keyIds'> | undefined): void {
  const missing = (row?.sealing?.keyIds ?? []).filter((id) => !sealer?.keyIds.has(id))
  if (missing.length === 0) return
  const has = sealer ? 'another key was given' : 'none was given'
  const message =
    `The database holds secrets that are sealed by a key (${missing.join(', ')}), and ${has}: set ACME_SEALING_KEY to ` +
    'it, or ACME_SEALING_KEY_PREVIOUS where another has taken its place.'
  throw new AcmeError({ code: 'sealing_key_missing', message })
}

/** An index keeps values in clear, and those of sealed metadata it would not find. */
function assertNoSealedIndex({ options, indexes = [] }: MetadataSchemasRow): void {
  const paths = [...(options?.indexes ?? []), ...(options?.unique ?? []), ...indexes.map(({ path }) => path)]
  const sealed = paths.filter((path) => sealedKinds.some((kind) => path.startsWith(`${kind}.`)))
  if (sealed.length === 0) return
  const message =
    `Metadata that is sealed cannot be indexed or unique, since an index keeps it in clear: ${[...new Set(sealed)].join(', ')}. ` +
    'Take the paths out of indexes and unique, or do not seal private metadata.'
  throw new AcmeError({ code: 'sealed_metadata_indexed', message })
}
