import { digest } from '../../auth/digest.ts'
import type { Collection, Rows, WebhookDeliveryRow } from '../../storage/rows.ts'
import type { Key, Storage, Write } from '../../storage/storage.ts'
import { serverActor } from '../changes/record-change.ts'
import type { ChangingDeps } from '../deps.ts'
import { notFound } from '../fault.ts'
import { deleteUser } from '../users/users.ts'
import { tellAll } from '../webhooks/tell-changes.ts'
import { listHistory } from './export-user.ts'
import { type Found, findTraces, type Known, knownOf, traceOf } from './find-traces.ts'
import type { Names } from './traces.ts'

/** How a user is erased. */
export interface ErasureOptions {
  /** How long endpoints of webhooks may take to be told that the user is gone, in milliseconds; 0 does not wait. */
  readonly wait: number
  /** Whether what they were not told by then is forgotten, too. */
  readonly forgetsUntold: boolean
  /** Whether the database's files are written anew, so that nothing of what was deleted is left in them. */
  readonly rewrites: boolean
}

/** What was erased, without a word of whom. */
export interface ErasureReceipt {
  readonly object: 'erasure_receipt'
  /** SHA-256 of the id, as base64url: whoever knows the id can tell whose receipt it is, and nobody else. */
  readonly user_digest: string
  /** In milliseconds since the epoch. */
  readonly erased_at: number
  /** Rows that are gone, by collection; `history` are the changes. */
  readonly removed: Readonly<Record<string, number>>
  /** Rows of others that named the user, and do so no more. */
  readonly changed: Readonly<Record<string, number>>
  /** Events for endpoints that are not told yet that the user is gone; these name the user until they are. */
  readonly untold: number
  /** What the database's own files may hold for a while, in words. */
  readonly remains: readonly string[]
}

/** How many rows are written at once. */
const batchSize = 100

/** How often what came meanwhile is removed as well. */
const mostRounds = 5

/** How often it is asked whether an endpoint was told, in milliseconds. */
const pause = 250

declare const setTimeout: (run: () => void, milliseconds: number) => unknown

/**
 * Deletes a user, has the endpoints told, and removes all that names them.
 *
 * @throws Fault 404 `resource_not_found` where nothing does
 */
export async function eraseUser(
  deps: ChangingDeps,
  userId: string,
  { wait, forgetsUntold, rewrites }: ErasureOptions,
): Promise<ErasureReceipt> {
  const { storage, clock } = deps
  const known = await knownOf(storage, userId)
  const removed = new Map<string, Set<string>>()
  const changed = new Map<string, Set<string>>()
  const note = (found: readonly Found[], names: Names) => {
    for (const one of found) {
      const counts = leftOf(one.collection, one.row, names) ? changed : removed
      const ids = counts.get(one.collection) ?? new Set()
      counts.set(one.collection, ids.add(one.row.id))
    }
  }
  const before = await findTraces(storage, known)
  const history = await listHistory(storage, userId)
  if (before.found.length + history.length === 0) throw notFound('user', userId)
  note(before.found, before.names)

  if (known.user) await storage.transact(await deleteUser(deps, serverActor, userId, undefined))
  // Of what is to be told then, what is left of the user in the feed is no part any more.
  await tellAll(deps)
  const untold = await waitForEndpoints(storage, userId, forgetsUntold ? 0 : wait)
  const kept: ReadonlySet<string> = forgetsUntold ? new Set() : untold
  await storage.barrier()
  for (let round = 0; ; round++) {
    const { found, names } = await findTraces(storage, withIds(known, before.names))
    const rest = found.filter(({ row }) => !kept.has(row.id))
    if (rest.length === 0) break
    if (round === mostRounds) throw new Error('what names the user is written again and again: is somebody signing up?')
    note(rest, names)
    await remove(storage, rest, names)
  }
  await storage.transact({
    reads: [],
    decide: () => ({ writes: [{ forgetChangesOf: userId, isEverywhere: true }], result: undefined }),
  })
  const remains = await storage.purge({ rewrites })
  return {
    object: 'erasure_receipt',
    user_digest: await digest(userId),
    erased_at: clock(),
    removed: { ...sizes(removed), ...(history.length > 0 && { history: history.length }) },
    changed: sizes(changed),
    untold: kept.size,
    remains,
  }
}

/** What was found to be theirs before goes on naming them, whether it is still there or not. */
function withIds(known: Known, { ids }: Names): Known {
  return { ...known, sessionIds: [...ids] }
}

function leftOf<C extends Collection>(collection: C, row: Rows[C], names: Names): Rows[C] | undefined {
  return traceOf(collection).without?.(row, names)
}

/** Removes rows, or what in them names the user, as they are by then. */
async function remove(storage: Storage, found: readonly Found[], names: Names): Promise<void> {
  for (let start = 0; start < found.length; start += batchSize) {
    const batch = found.slice(start, start + batchSize)
    await storage.transact({
      reads: batch.map(({ collection, row }) => ({ collection, id: row.id }) as Key),
      decide: (rows) => ({
        writes: batch.flatMap(({ collection, row: { id } }): Write[] => {
          const row = rows.get(collection, id)
          if (!row || !traceOf(collection).names(row as never, names)) return []
          const left = leftOf(collection, row as never, names)
          return [(left ? { put: collection, row: left } : { delete: collection, id }) as Write]
        }),
        result: undefined,
      }),
    })
  }
}

/** Waits until the endpoints are told that a user is gone; gives what is still to be told. */
async function waitForEndpoints(storage: Storage, userId: string, wait: number): Promise<ReadonlySet<string>> {
  let pending: string[] = []
  for await (const writes of storage.dump({ collections: ['webhookDeliveries'], hasChanges: false })) {
    for (const write of writes) {
      if (!('put' in write) || write.put !== 'webhookDeliveries') continue
      if (write.row.userId === userId && isUntold(write.row)) pending.push(write.row.id)
    }
  }
  for (const end = Date.now() + wait; pending.length > 0 && Date.now() < end; ) {
    await new Promise<void>((resolve) => setTimeout(resolve, pause))
    const rows = await Promise.all(pending.map((id) => storage.find('webhookDeliveries', id)))
    pending = rows.flatMap((row) => (row && isUntold(row) ? [row.id] : []))
  }
  return new Set(pending)
}

function isUntold({ type, status }: WebhookDeliveryRow): boolean {
  return type === 'user.deleted' && status === 'pending'
}

function sizes(counts: ReadonlyMap<string, ReadonlySet<string>>): Readonly<Record<string, number>> {
  return Object.fromEntries([...counts].map(([name, ids]) => [name, ids.size]))
}
