import { readJson } from '@acme/schema'
import { isFresh } from '../delivery-query.ts'
import type { Collection, Rows, UserRow, WebhookDeliveryRow } from '../rows.ts'
import type { Write } from '../storage.ts'
import { entryStatements, type UserChange } from './metadata-entries.ts'
import {
  deleteSql,
  forgetDeliveriesSql,
  insertSql,
  type Table,
  tableOf,
  tables,
  upsertSql,
  userLists,
} from './table.ts'
import { createFeedWrites } from './user-changes.ts'

/** A statement over many rows, and the JSON of these. */
export interface Statement {
  readonly sql: string
  readonly rows: string
}

/** The rows of a group of transactions: as they were read, and as the group leaves them. */
export interface GroupChanges {
  /** Notes a row that was read; undefined when there is none. */
  read<C extends Collection>(collection: C, id: string, row: Rows[C] | undefined): void
  /** Gives a row as it is by now. */
  get<C extends Collection>(collection: C, id: string): Rows[C] | undefined
  write(write: Write): void
  /** What has to be run, in this order. */
  statements(): readonly Statement[]
}

interface Change {
  readonly collection: Collection
  readonly id: string
  /** Undefined when the row was not read, so that nothing is known of it; null when there was none. */
  readonly before: Rows[Collection] | null | undefined
  after: Rows[Collection] | null | undefined
  isWritten: boolean
}

/** Gathers what the transactions of a group read and write, the later ones on top of the earlier. */
export function createGroupChanges(): GroupChanges {
  const changes = new Map<string, Change>()
  const feed = createFeedWrites()
  /** The users whose deliveries are deleted, before anything is put. */
  const forgotten: { readonly user_id: string; readonly before: number }[] = []
  const nameOf = (collection: Collection, id: string) => `${collection}/${id}`

  function forgetDeliveries(userId: string, before: number): void {
    forgotten.push({ user_id: userId, before })
    // What the group wrote before is not written at all.
    for (const [name, { collection, after }] of changes) {
      const row = collection === 'webhookDeliveries' ? (after as WebhookDeliveryRow | null | undefined) : undefined
      if (row?.userId === userId && row.version < before && !isFresh(row)) changes.delete(name)
    }
  }

  /** In the order of their keys, in which every process locks and writes. */
  function sorted(): readonly Change[] {
    const written = [...changes].filter(([, { isWritten }]) => isWritten)
    return written.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, change]) => change)
  }

  return {
    read(collection, id, row) {
      const before = row ?? null
      changes.set(nameOf(collection, id), { collection, id, before, after: before, isWritten: false })
    },

    get<C extends Collection>(collection: C, id: string) {
      return (changes.get(nameOf(collection, id))?.after ?? undefined) as Rows[C] | undefined
    },

    write(write) {
      if ('append' in write) {
        feed.append(write.append)
        return
      }
      if ('forgetChangesOf' in write) {
        feed.forget(write.forgetChangesOf, write.before)
        return
      }
      if ('forgetDeliveriesOf' in write) {
        forgetDeliveries(write.forgetDeliveriesOf, write.before)
        return
      }
      if ('told' in write) {
        feed.noteTold(write.told)
        return
      }
      const [collection, id, row] =
        'put' in write
          ? ([write.put, write.row.id, copy(write.row)] as const)
          : ([write.delete, write.id, null] as const)
      const change = changes.get(nameOf(collection, id)) ?? { collection, id, before: undefined, after: undefined }
      changes.set(nameOf(collection, id), { ...change, after: row, isWritten: true })
    },

    statements() {
      const all = sorted()
      const forgetting = forgotten.length > 0 ? [{ sql: forgetDeliveriesSql, rows: JSON.stringify(forgotten) }] : []
      const users = all.filter(({ collection }) => collection === 'users') as unknown as readonly UserChange[]
      return [
        ...forgetting,
        ...tables.flatMap((table) => statementsOf(table, all)),
        ...entryStatements(users),
        ...feed.statements(),
      ]
    },
  }
}

/** As a database would keep it, so that whoever holds the row cannot change what another transaction of the group reads. */
function copy<Row>(row: Row): Row {
  return readJson(JSON.stringify(row)) as Row
}

function statementsOf(table: Table, all: readonly Change[]): readonly Statement[] {
  const own = all.filter(({ collection }) => tableOf(collection) === table)
  const valuesOf = (into: Table) => (change: Change) => {
    const row = change.after as Rows[Collection]
    return into.valuesOf(change.collection, row, JSON.stringify(row))
  }
  const statement = (sql: (table: Table) => string, into: Table, rows: readonly object[]): readonly Statement[] =>
    rows.length > 0 ? [{ sql: sql(into), rows: JSON.stringify(rows) }] : []

  // Of what was not there and is not now, nothing is left to delete: whatever is there by then is another's.
  const deleted = own.filter(({ before, after }) => after === null && before !== null)
  // One that was not there must still not be: it may be an identifier that another process gave away meanwhile.
  const added = own.filter(({ before, after }) => after && before === null)
  const put = own.filter(({ before, after }) => after && before !== null)
  const keys = deleted.map(({ collection, id }) => ({ collection, id }))
  const into = table.name === 'users' ? [table, userLists] : [table]
  return into.flatMap((one) => [
    ...statement(deleteSql, one, keys),
    ...statement(insertSql, one, added.map(valuesOf(one))),
    ...statement(upsertSql, one, (one === userLists ? put.filter(changesLists) : put).map(valuesOf(one))),
  ])
}

function changesLists({ collection, before, after }: Change): boolean {
  const listed = (row: unknown) => JSON.stringify(userLists.valuesOf(collection, row as UserRow, ''))
  return !before || listed(before) !== listed(after)
}
