import { DatabaseSync } from 'node:sqlite'
import type { WebhookEvent } from '@acme/backend/webhooks'
import type { serverMetadata } from './metadata.server.ts'

/** What the app's own database knows of a user. */
export interface UserCopy {
  readonly id: string
  readonly plan: string | null
  readonly version: number
}

/** A table of the app's own that follows its users, to be joined with whatever else it keeps. */
export interface UserCopies {
  /** Takes an event over. The same one again, or an older one, changes nothing. */
  follow(event: WebhookEvent<typeof serverMetadata>): void
  list(): readonly UserCopy[]
}

/** Opens the table. */
export function openUserCopies(path: string): UserCopies {
  const database = new DatabaseSync(path)
  database.exec('CREATE TABLE IF NOT EXISTS users (id TEXT PRIMARY KEY, plan TEXT, version INTEGER NOT NULL)')
  const put = database.prepare(
    'INSERT INTO users (id, plan, version) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE ' +
      'SET plan = excluded.plan, version = excluded.version WHERE excluded.version > users.version',
  )
  const remove = database.prepare('DELETE FROM users WHERE id = ?')
  const all = database.prepare('SELECT id, plan, version FROM users ORDER BY id')
  return {
    follow({ type, data }) {
      if (type === 'user.deleted') remove.run(data.id)
      else put.run(data.id, data.publicMetadata.plan ?? null, data.version ?? 0)
    },
    list: () => all.all() as unknown as readonly UserCopy[],
  }
}
