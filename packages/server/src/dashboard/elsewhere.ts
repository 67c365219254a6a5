import type { DashboardHintKind } from '@acme/schema/wire'
import { instanceId } from '../domain/instance-id.ts'
import type { UserRow } from '../storage/rows.ts'
import type { Key, Storage, Write } from '../storage/storage.ts'
import { type Hint, hintUser } from './hints.ts'

/** Looks for what other processes wrote. */
export interface Elsewhere {
  /** Adds to a hint what is other than when it looked last; the first look finds nothing. */
  look(hint: Hint): Promise<void>
  /** Knows what this process wrote, which is no news. */
  wrote(writes: readonly Write[]): void
}

/** The rows that tell of everything else when they change. */
const rows: readonly (Key & { readonly kind: DashboardHintKind })[] = [
  { collection: 'metadataSchemas', id: 'active', kind: 'schemas' },
  { collection: 'webhooks', id: 'active', kind: 'webhooks' },
  { collection: 'jobLists', id: 'all', kind: 'jobs' },
  { collection: 'instances', id: instanceId, kind: 'keys' },
]

/** How many users are looked at when there is a newer one. */
const most = 20

/**
 * Begins to look: at the user who was changed last, and at four rows. A process whose clock is behind may hide a change
 * from it, and who was deleted leaves nothing to see: the page reads everything anew now and then.
 */
export function createElsewhere(storage: Storage): Elsewhere {
  let isFirst = true
  /** The users who were changed last, when it looked, and those whom this process has changed since. */
  let seen = new Map<string, number>()
  let newest: UserRow | undefined
  const texts = new Map<string, string>()

  const latest = (limit: number) =>
    storage.listUsers({ filter: {}, orderBy: 'updated_at', direction: 'descending', limit, offset: 0 })

  async function lookAtUsers(hint: Hint): Promise<void> {
    const [first] = await latest(1)
    if (!isFirst && (!first || (first.id === newest?.id && first.version === newest.version))) return
    const [users, before] = [await latest(most), newest]
    const changed = users.filter(({ id, version }) => version > (seen.get(id) ?? 0))
    seen = new Map(users.map(({ id, version }) => [id, version]))
    newest = users[0]
    if (isFirst) return
    const reachesBack = users.length < most || users.some(({ updatedAt }) => updatedAt <= (before?.updatedAt ?? 0))
    if (!reachesBack) hint.users = undefined
    for (const { id, version } of changed) hintUser(hint, id, version)
  }

  async function lookAt(hint: Hint, key: Key, kind: DashboardHintKind): Promise<void> {
    const row = await storage.find(key.collection, key.id)
    const open = key.collection === 'jobLists' && row && 'open' in row ? row.open : []
    // What is under way says how far it is.
    const jobs = await Promise.all(open.map(async (id) => (await storage.find('jobs', id))?.updatedAt))
    const text = JSON.stringify([row, jobs])
    if (!isFirst && texts.get(key.collection) !== text) hint.kinds.add(kind)
    texts.set(key.collection, text)
  }

  return {
    async look(hint) {
      await Promise.all([lookAtUsers(hint), ...rows.map(({ kind, ...key }) => lookAt(hint, key, kind))])
      isFirst = false
    },
    wrote(writes) {
      for (const write of writes) if ('put' in write && write.put === 'users') seen.set(write.row.id, write.row.version)
    },
  }
}
