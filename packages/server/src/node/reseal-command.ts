import { instanceId } from '../domain/instance-id.ts'
import { tellAll } from '../domain/webhooks/tell-changes.ts'
import { reseal } from '../storage/sealed/reseal.ts'
import { sealStorage } from '../storage/sealed/sealed-storage.ts'
import type { Sealer } from '../storage/sealed/sealer.ts'
import type { Storage } from '../storage/storage.ts'
import { createSealer } from './create-sealer.ts'
import { lockDirectory } from './lock-directory.ts'
import { openStorage, type Place } from './open-storage.ts'
import { count, createProgress } from './progress.ts'
import { readSealingKeys } from './sealing-options.ts'

/** How often everything is gone through at most: what servers write meanwhile by another key is found by the next time. */
const mostPasses = 3

/**
 * Seals everything in a database by `ACME_SEALING_KEY`, or opens it for good where that is not set and
 * `ACME_SEALING_KEY_PREVIOUS` is, while servers run or none; gives what to print.
 *
 * @throws Error where no key is set, or a server goes on sealing by another one
 */
export async function runReseal(place: Place): Promise<string> {
  const keys = place.sealing ?? readSealingKeys()
  if (!keys) throw new Error('there is nothing to seal by: set ACME_SEALING_KEY, which openssl rand -base64 32 makes')
  const sealer = createSealer(keys)
  const raw = { ...place, migrates: false, isRaw: true }
  const reader = await openStorage(raw)
  const kept = await openStorage(raw)
  let total = { rows: 0, unreached: 0 }
  try {
    const writer = await sealStorage(kept, { sealer, sealsMetadata: place.sealsMetadata })
    const sealing = (await kept.find('instances', instanceId))?.sealing
    const sealsMetadata = sealer.keyId !== undefined && (sealing?.metadata ?? false)
    for (let pass = 1; ; pass++) {
      const progress = createProgress('resealing')
      const onProgress = (rows: number) => progress.show(rows)
      // What waits for an endpoint to answer would be in the way.
      await tellAll({ storage: writer, clock: Date.now })
      const found = await reseal({ reader, writer, sealer, sealsMetadata, onProgress })
      progress.end()
      total = { rows: total.rows + found.rows, unreached: found.unreached }
      if (found.rows === 0) break
      if (pass === mostPasses) {
        throw new Error(
          'a server goes on sealing otherwise: start every one of them with ACME_SEALING_KEY as it is set here, and run ' +
            'this again',
        )
      }
      await writer.barrier()
    }
    await takeOutOfUse(kept, sealer, sealsMetadata)
  } finally {
    await reader.close()
    await kept.close()
  }
  const how = sealer.keyId === undefined ? 'opened for good' : `sealed by the key ${sealer.keyId}`
  const left =
    total.unreached > 0
      ? `${count(total.unreached)} changes that no history leads to stay as they are until they are swept.\n`
      : ''
  return `${count(total.rows)} rows were ${how}; no other key is needed any more.\n${left}${await scrub(place)}`
}

/** Notes which key opens everything: whoever seals by another one from now on is stopped. */
function takeOutOfUse(kept: Storage, { keyId }: Sealer, metadata: boolean): Promise<void> {
  return kept.transact({
    reads: [{ collection: 'instances', id: instanceId }],
    decide(rows) {
      const row = rows.get('instances', instanceId)
      const sealing = { keyIds: keyId === undefined ? [] : [keyId], metadata }
      return { writes: row ? [{ put: 'instances', row: { ...row, sealing } }] : [], result: undefined }
    },
  })
}

/** Leaves nothing in the files of what was there before, the way that an erasure does; an SQLite file is not kept from a server. */
async function scrub(place: Place): Promise<string> {
  const isFile = place.database === undefined
  let unlock = () => {}
  try {
    if (isFile) unlock = await lockDirectory(place.directory)
  } catch {
    return (
      'What was there before is in the file until its room is used: to have it written anew, run keys reseal once more ' +
      `while no server runs. ${elsewhere}`
    )
  }
  const storage = await openStorage({ ...place, migrates: false, isRaw: true })
  try {
    const remains = await storage.purge({ rewrites: true })
    const done = isFile ? 'The file was written anew.\n' : ''
    return `${done}${remains.map((one) => `There remain ${one}.\n`).join('')}${elsewhere}`
  } finally {
    await storage.close()
    unlock()
  }
}

const elsewhere = 'Backups, and replicas as they are, hold what was there before.\n'
