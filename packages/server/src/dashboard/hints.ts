import type { DashboardHintJson, DashboardHintKind } from '@acme/schema/wire'
import type { Collection } from '../storage/rows.ts'
import type { Write } from '../storage/storage.ts'

/** What has changed since something was told last: names and versions, and no value of anything. */
export interface Hint {
  /** Each user by the version that is known, 0 where none is, null of who is gone; undefined when there are too many. */
  users: Map<string, number | null> | undefined
  readonly kinds: Set<DashboardHintKind>
}

/** How many users are named; of more, that there are. */
const named = 100

/** What a change of a collection is to who looks at the dashboard; of the others nothing is shown. */
const kindOf: { readonly [C in Collection]?: DashboardHintKind } = {
  sessions: 'sessions',
  metadataSchemas: 'schemas',
  jobs: 'jobs',
  jobLists: 'jobs',
  webhooks: 'webhooks',
  webhookEndpoints: 'webhooks',
  webhookDeliveries: 'deliveries',
  instances: 'keys',
  secretKeyUses: 'keys',
}

/** A hint of nothing. */
export function noHint(): Hint {
  return { users: new Map(), kinds: new Set() }
}

/** Says that anything may have changed. */
export const everything: DashboardHintJson = { users: null, kinds: [...new Set(Object.values(kindOf))] }

/** Whether there is nothing to tell. */
export function isNothing({ users, kinds }: Hint): boolean {
  return users?.size === 0 && kinds.size === 0
}

/** Adds a user. */
export function hintUser(hint: Hint, id: string, version: number | null): void {
  const known = hint.users?.get(id)
  // Who is gone does not come again, and what is told later may be older.
  if (known !== null) hint.users?.set(id, version === null ? null : Math.max(known ?? 0, version))
  if (hint.users && hint.users.size > named) hint.users = undefined
}

/** Adds what was written. */
export function hintWrites(hint: Hint, writes: readonly Write[]): void {
  for (const write of writes) {
    if ('put' in write) {
      if (write.put === 'users') hintUser(hint, write.row.id, write.row.version)
      else if (write.put === 'sessions') hintUser(hint, write.row.userId, 0)
    } else if ('delete' in write && write.delete === 'users') hintUser(hint, write.id, null)
    const collection = 'put' in write ? write.put : 'delete' in write ? write.delete : undefined
    const kind = collection && kindOf[collection]
    if (kind) hint.kinds.add(kind)
  }
}

/** Adds what another hint says. */
export function addHint(hint: Hint, more: Hint): void {
  for (const [id, version] of more.users ?? []) hintUser(hint, id, version)
  if (!more.users) hint.users = undefined
  for (const kind of more.kinds) hint.kinds.add(kind)
}

/** Writes a hint for the page. */
export function hintJson({ users, kinds }: Hint): DashboardHintJson {
  return { users: users ? Object.fromEntries(users) : null, kinds: [...kinds] }
}
