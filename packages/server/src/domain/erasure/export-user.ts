import type { JsonObject, JsonValue } from '@acme/schema'
import type { ChangeRow, Collection } from '../../storage/rows.ts'
import type { Storage } from '../../storage/storage.ts'
import { changeJson } from '../changes/change-json.ts'
import { notFound } from '../fault.ts'
import { userJson } from '../users/user-json.ts'
import { findTraces, knownOf, traceOf } from './find-traces.ts'

/** How many changes are read at once. */
const pageSize = 100

/** All that is kept of one user. */
export interface UserExport {
  readonly object: 'user_export'
  /** In milliseconds since the epoch. */
  readonly exported_at: number
  readonly user_id: string
  /** As the Backend API shows them, with every kind of metadata; null for one who is deleted. */
  readonly user: object | null
  /** What changed, the newest first, as far as it is kept. */
  readonly history: readonly object[]
  /** What else names them, by collection, without secrets. */
  readonly rows: { readonly [C in Collection]?: readonly JsonObject[] }
}

/**
 * Gathers all that is kept of a user.
 *
 * @throws Fault 404 `resource_not_found` where nothing is
 */
export async function exportUser(storage: Storage, userId: string, now: number): Promise<UserExport> {
  const known = await knownOf(storage, userId)
  const { found, names } = await findTraces(storage, known)
  const history = await listHistory(storage, userId)
  if (found.length + history.length === 0) throw notFound('user', userId)
  const rows: { [C in Collection]?: JsonObject[] } = {}
  for (const { collection, row } of found) {
    // They are shown as what they are.
    if (collection === 'users') continue
    const { shown } = traceOf(collection)
    const list = rows[collection] ?? []
    list.push(shown ? shown(row as never, names) : (withoutSecrets(row as unknown as JsonValue) as JsonObject))
    rows[collection] = list
  }
  return {
    object: 'user_export',
    exported_at: now,
    user_id: userId,
    user: known.user ? userJson(known.user, 'backend', now) : null,
    history: history.map((change) => changeJson(change, 'backend')),
    rows,
  }
}

/** Reads all changes of a user that are kept, the newest first. */
export async function listHistory(storage: Storage, userId: string): Promise<readonly ChangeRow[]> {
  const changes: ChangeRow[] = []
  for (let before: number | undefined; ; ) {
    const page = await storage.listChanges(userId, { before, limit: pageSize })
    changes.push(...page)
    before = page.at(-1)?.version
    if (page.length < pageSize) return changes
  }
}

/** What opens something, or could be guessed from: no news to whom it is about. */
const secrets: ReadonlySet<string> = new Set(['passwordHash', 'secretDigest', 'requestDigest', 'digest'])

function withoutSecrets(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(withoutSecrets)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !secrets.has(name))
      .map(([name, one]) => [name, withoutSecrets(one)]),
  )
}
