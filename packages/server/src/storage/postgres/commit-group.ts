import { readJson } from '@acme/schema'
import type { Collection, Rows } from '../rows.ts'
import { snapshotFor, snapshotOf } from '../snapshot-of.ts'
import type { Decision, Key, Transaction, Write } from '../storage.ts'
import { createGroupChanges } from './group-changes.ts'
import { type Runner, run } from './sql.ts'
import { selectSql, type Table, tableOf, tables } from './table.ts'

/** What became of one transaction of a group. */
export type Verdict = { readonly result: unknown } | { readonly refusal: unknown }

/**
 * The collections of a few rows each, which every write reads and next to none changes. They are read without a lock, as
 * of the moment the group is decided: a lock on them, even a shared one, would make every process of a cluster wait at
 * one row.
 */
const sharedCollections: ReadonlySet<Collection> = new Set(['instances', 'metadataSchemas', 'webhooks'])

/** Whether a row is read without a lock. */
export function isShared({ collection }: Key): boolean {
  return sharedCollections.has(collection)
}

function writesShared(write: Write): boolean {
  if ('put' in write) return sharedCollections.has(write.put)
  return 'delete' in write && sharedCollections.has(write.delete)
}

/** Thrown when a transaction writes a row that was read without a lock: it has to be decided again, with all locked. */
export class SharedRowWritten extends Error {
  override name = 'SharedRowWritten'
}

/** How a group is committed. */
export interface GroupOptions {
  /** Whether rows that are usually read without a lock are locked. */
  readonly locksShared: boolean
  /** Resolves once writes can be taken back. */
  readonly isReady: Promise<unknown>
}

/**
 * Reads, decides and writes a group of transactions within one transaction of the database, in their order.
 *
 * Rows are locked as they are read (`FOR UPDATE`, in the order of their keys), and what was not there is inserted so
 * that it fails where another process was faster. Compare-and-set by a version was measured beside it: as fast where
 * nobody meets, and where all write one row most of its attempts are in vain, while those that wait for a lock are
 * served in turn.
 */
export async function commitGroup(
  runner: Runner,
  group: readonly Transaction<unknown>[],
  { locksShared, isReady }: GroupOptions,
): Promise<readonly Verdict[]> {
  const changes = createGroupChanges()
  const isLocked = (key: Key) => locksShared || !isShared(key)
  async function readAll(keys: readonly Key[]): Promise<void> {
    for (const { collection, id } of keys) changes.read(collection, id, undefined)
    const reads = [keys.filter(isLocked), keys.filter((key) => !isLocked(key))].flatMap((some, index) =>
      tables.map((table) => readRows(runner, table, some, index === 0 ? ' FOR UPDATE OF kept' : '')),
    )
    for (const rows of await Promise.all(reads)) {
      for (const { collection, id, data } of rows) changes.read(collection, id, readJson(data) as Rows[Collection])
    }
  }
  await Promise.all([readAll(group.flatMap(({ reads }) => reads)), isReady])
  const more = group.flatMap(({ reads, follow }) => follow?.(snapshotOf(reads, changes.get)) ?? [])
  if (more.length > 0) await readAll(more)

  const verdicts = group.map((transaction): Verdict => {
    let decision: Decision<unknown>
    try {
      decision = transaction.decide(snapshotFor(transaction, changes.get))
    } catch (refusal) {
      // It has written nothing yet, so that there is nothing to undo.
      return { refusal }
    }
    for (const write of decision.writes) {
      if (!locksShared && writesShared(write)) throw new SharedRowWritten()
      changes.write(write)
    }
    return { result: decision.result }
  })
  // All are sent before the first is answered.
  await Promise.all(changes.statements().map(({ sql, rows }) => run(runner, sql, [rows])))
  return verdicts
}

interface Found {
  readonly collection: Collection
  readonly id: string
  readonly data: string
}

async function readRows(runner: Runner, table: Table, keys: readonly Key[], lock: string): Promise<readonly Found[]> {
  const own = new Map(
    keys.filter(({ collection }) => tableOf(collection) === table).map((key) => [`${key.collection}/${key.id}`, key]),
  )
  const [first] = own.values()
  if (!first) return []
  const rows = await run(runner, selectSql(table) + lock, [JSON.stringify([...own.values()])])
  // The tables of one collection do not name it.
  return rows.map((row) => ({ collection: first.collection, ...row }) as unknown as Found)
}
