import { readJson } from '@acme/schema'
import { isFresh, selectDeliveries } from '../delivery-query.ts'
import { dumpedChange, dumpedRow, dumpSize } from '../dumped.ts'
import { frozen } from '../frozen.ts'
import { meetsMetadata } from '../metadata-key.ts'
import {
  type ChangeRow,
  type Collection,
  collections,
  movingOf,
  overAt,
  type Rows,
  type UntoldChange,
  type UserRow,
} from '../rows.ts'
import { snapshotFor } from '../snapshot-of.ts'
import type { Storage, UserFilter, UserQuery, Write } from '../storage.ts'
import { fold, orderValue, searchText } from '../user-text.ts'

type Tables = { readonly [C in Collection]: Map<string, Rows[C]> }

/** Makes a storage that keeps everything in memory, for tests and service workers. */
export function createMemoryStorage(): Storage {
  const tables = Object.fromEntries(Object.keys(collections).map((name) => [name, new Map()])) as unknown as Tables
  /** Of each user, the oldest first. */
  const changes = new Map<string, readonly ChangeRow[]>()
  const table = <C extends Collection>(collection: C): Map<string, Rows[C]> =>
    tables[collection] as Map<string, Rows[C]>

  function put<C extends Collection>(collection: C, row: Rows[C]): void {
    table(collection).set(row.id, kept(row))
  }

  function keepChanges(userId: string, keep: (change: ChangeRow) => boolean): void {
    const left = changes.get(userId)?.filter(keep) ?? []
    if (left.length > 0) changes.set(userId, left)
    else changes.delete(userId)
  }

  function toTell(): UntoldChange[] {
    const all = [...changes.values()].flat().filter((change): change is ChangeRow & UntoldChange => !!change.untold)
    return all.sort((a, b) => a.at - b.at)
  }

  function noteTold(userId: string, isTold: (change: ChangeRow) => boolean): void {
    const left = changes.get(userId)?.flatMap((change) => {
      if (!change.untold || !isTold(change)) return [change]
      const { untold, ...rest } = change
      return untold.isPassing ? [] : [frozen(rest)]
    })
    if (left && left.length > 0) changes.set(userId, left)
    else changes.delete(userId)
  }

  function forgetDeliveries(userId: string, before: number): void {
    for (const [id, row] of tables.webhookDeliveries)
      if (row.userId === userId && row.version < before && !isFresh(row)) tables.webhookDeliveries.delete(id)
  }

  function apply(write: Write): void {
    if ('put' in write) put(write.put, write.row)
    else if ('delete' in write) table(write.delete).delete(write.id)
    else if ('append' in write) {
      const { userId } = write.append
      changes.set(userId, [...(changes.get(userId) ?? []), kept(write.append)])
    } else if ('forgetDeliveriesOf' in write) forgetDeliveries(write.forgetDeliveriesOf, write.before)
    else if ('told' in write) noteTold(write.told.userId, ({ version }) => version === write.told.version)
    else {
      const { before } = write
      keepChanges(write.forgetChangesOf, (one) => before !== undefined && (one.version >= before || !!one.untold))
    }
  }

  return {
    async find(collection, id) {
      return table(collection).get(id)
    },

    async listUsers(query) {
      const users = [...tables.users.values()].filter((user) => matches(user, query.filter))
      users.sort((a, b) => compare(a, b, query))
      const { after } = query
      const start = after ? users.findIndex((user) => compare(user, after, query) > 0) : 0
      return start < 0 ? [] : users.slice(start).slice(query.offset, query.offset + query.limit)
    },

    async countUsers(filter) {
      return [...tables.users.values()].filter((user) => matches(user, filter)).length
    },

    async listSessions(userId) {
      const sessions = [...tables.sessions.values()].filter((session) => session.userId === userId)
      return sessions.sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1))
    },

    async listChanges(userId, { before = Number.POSITIVE_INFINITY, limit }) {
      const all = changes.get(userId) ?? []
      return all
        .filter(({ version }) => version < before)
        .slice(-limit)
        .reverse()
        .map(({ untold: _, ...change }) => change)
    },

    async listInvitations({ before, limit }) {
      const all = [...tables.invitations.values()].filter(({ id }) => before === undefined || id < before)
      return all.sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, limit)
    },

    async marksOf(userIds, sessionIds) {
      const users = userIds.map((id) => [id, tables.users.get(id)?.updatedAt] as const)
      const sessions = sessionIds.map((id) => {
        const session = tables.sessions.get(id)
        return [id, session && (overAt('sessions', session) ?? undefined)] as const
      })
      return new Map([...users, ...sessions].filter((entry): entry is [string, number] => entry[1] !== undefined))
    },

    async listUntold(limit, until) {
      const all = toTell()
      const asked = until === undefined ? all : all.filter(({ at }) => at <= until).reverse()
      return asked
        .slice(0, limit)
        .map(({ userId, version, at, action, fields, untold }) => ({ userId, version, at, action, fields, untold }))
    },

    async listDeliveries(query) {
      return selectDeliveries([...tables.webhookDeliveries.values()], query)
    },

    // Nothing comes between what is read and what is written.
    async barrier() {},

    async transact(transaction) {
      const snapshot = snapshotFor(transaction, (collection, id) => table(collection).get(id))
      const { writes, result } = transaction.decide(snapshot)
      writes.forEach(apply)
      return result
    },

    async sweep(now, changesBefore = Number.NEGATIVE_INFINITY, untoldBefore = Number.NEGATIVE_INFINITY) {
      for (const [collection, rows] of Object.entries(tables) as [Collection, Tables[Collection]][]) {
        for (const [id, row] of rows) if ((overAt(collection, row) ?? now) < now) rows.delete(id)
      }
      for (const userId of changes.keys()) {
        noteTold(userId, ({ at }) => at < untoldBefore)
        keepChanges(userId, ({ at, untold }) => at >= changesBefore || !!untold)
      }
      return false
    },

    async *dump(part) {
      const writes: Write[] = []
      for (const name of movingOf(part?.collections)) {
        const rows = [...tables[name].values()].sort((a, b) => compareBytes(a.id, b.id))
        writes.push(...rows.map((row) => dumpedRow(name, row)))
      }
      const all = part?.hasChanges === false ? [] : [...changes.values()].flat()
      all.sort((a, b) => a.at - b.at || compareBytes(a.userId, b.userId) || a.version - b.version)
      writes.push(...all.map(dumpedChange))
      for (let start = 0; start < writes.length; start += dumpSize) yield writes.slice(start, start + dumpSize)
    },

    async describe() {
      return { engine: 'memory', bytes: null }
    },

    // What is let go of is nowhere.
    async purge() {
      return []
    },

    async close() {},
  }
}

/**
 * A copy as a database would keep it, so that whoever holds the row cannot change what is stored; frozen, so that it can
 * be handed out as it is.
 */
function kept<Row>(row: Row): Row {
  return frozen(readJson(JSON.stringify(row)) as Row)
}

/** Compares texts as databases do: by their bytes, which are ordered as their code points are. */
function compareBytes(a: string, b: string): number {
  const [left, right] = [[...a], [...b]]
  const at = left.findIndex((character, index) => character !== right[index])
  if (at < 0) return left.length - right.length
  return (left[at]?.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? -1)
}

function matches(user: UserRow, filter: UserFilter): boolean {
  const text = searchText(user)
  const has = (list: readonly string[] | undefined, values: readonly (string | null)[]) =>
    !list || values.some((value) => value !== null && list.some((item) => fold(item) === fold(value)))
  const holds = (part: string | undefined, whole: string) => part === undefined || whole.includes(fold(part))
  const before = (limit: number | undefined, value: number | null) =>
    limit === undefined || (value !== null && value < limit)
  const after = (limit: number | undefined, value: number | null) =>
    limit === undefined || (value !== null && value > limit)
  return (
    (!filter.userIds || filter.userIds.includes(user.id)) &&
    !filter.notUserIds?.includes(user.id) &&
    has(filter.externalIds, [user.externalId]) &&
    !(filter.notExternalIds && user.externalId !== null && has(filter.notExternalIds, [user.externalId])) &&
    (filter.isBanned === undefined || filter.isBanned === (user.isBanned ?? false)) &&
    has(filter.usernames, [user.username]) &&
    has(
      filter.emailAddresses,
      user.emailAddresses.map(({ emailAddress }) => emailAddress),
    ) &&
    (holds(filter.query, text.all) || user.id.startsWith(filter.query ?? '')) &&
    holds(filter.emailAddressQuery, text.emailAddresses) &&
    holds(filter.usernameQuery, fold(user.username ?? '')) &&
    holds(filter.nameQuery, text.name) &&
    before(filter.createdAtBefore, user.createdAt) &&
    after(filter.createdAtAfter, user.createdAt) &&
    before(filter.lastSignInAtBefore, user.lastSignInAt) &&
    after(filter.lastSignInAtAfter, user.lastSignInAt) &&
    before(filter.lastActiveAtBefore, user.lastActiveAt) &&
    after(filter.lastActiveAtAfter, user.lastActiveAt) &&
    meetsMetadata(user, filter.metadata ?? [])
  )
}

function compare(a: UserRow, b: NonNullable<UserQuery['after']>, { orderBy, direction }: UserQuery): number {
  const sign = direction === 'ascending' ? 1 : -1
  const [x, y] = [orderValue(a, orderBy), orderValue(b as UserRow, orderBy)]
  if (x !== y) {
    if (x === null) return 1
    if (y === null) return -1
    return x < y ? -sign : sign
  }
  return a.id === b.id ? 0 : a.id < b.id ? -sign : sign
}
