import { readJson } from '@acme/schema'
import type { UserRow } from '../rows.ts'
import { isListedAlike, userColumns } from '../user-columns.ts'
import { fold, primaryEmailAddress, searchText } from '../user-text.ts'
import type { MetadataEntries } from './metadata-entries.ts'
import type { Sql, SqliteValue } from './sqlite-database.ts'

/** Writes users and all that lists look them up by, in the transaction that is open. */
export interface UserTable {
  /** Puts a user in the place of the row that is stored, which need not be known; gives the text that is kept. */
  put(user: UserRow, stored: UserRow | undefined): string
  delete(id: string): void
  /** Writes what was put off for the whole transaction; to be called before each commit. */
  settle(): void
  /** Forgets what was put off: the transaction was rolled back. */
  forget(): void
}

/** The text of a user that parts are looked for in, when it has changed: before null when it was not there. */
interface TextChange {
  readonly isIndexed: boolean
  readonly text: string | null
}

interface Stored {
  readonly rowid: number
  readonly data: string
}

type Columns = Readonly<Record<string, SqliteValue>>

/** Makes the writer of users. */
export function createUserTable(sql: Sql, entries: MetadataEntries): UserTable {
  // Many users are written in one commit: the index of parts takes them at once, and their number rises once.
  const texts = new Map<number, TextChange>()
  let added = 0

  function changeText(rowid: number, wasIndexed: boolean, text: string | null): void {
    texts.set(rowid, { isIndexed: texts.get(rowid)?.isIndexed ?? wasIndexed, text })
  }

  function insert(user: UserRow, text: string, columns: Columns): void {
    const names = ['id', ...Object.keys(columns), 'data']
    sql(`INSERT INTO users (${names}) VALUES (${names.map(() => '?')})`).run(user.id, ...Object.values(columns), text)
    const { rowid } = sql('SELECT last_insert_rowid() AS rowid').get() as { rowid: number }
    added++
    changeText(rowid, false, indexedText(user))
    putOtherEmailAddresses(rowid, user)
  }

  function update(user: UserRow, text: string, before: Columns, columns: Columns): void {
    // Only what has changed: SQLite moves the entry of every index that has a column among those set.
    const names = Object.keys(columns).filter((name) => columns[name] !== before[name])
    const rowid = before['rowid'] as number
    sql(`UPDATE users SET ${['data', ...names].map((name) => `${name} = ?`)} WHERE rowid = ?`).run(
      text,
      ...names.map((name) => columns[name] as SqliteValue),
      rowid,
    )
    if (names.some((name) => searched.has(name))) changeText(rowid, true, indexedText(user))
    if (names.some((name) => name === 'email_address' || name === 'email_addresses')) {
      sql('DELETE FROM other_email_addresses WHERE user = ?').run(rowid)
      putOtherEmailAddresses(rowid, user)
    }
  }

  function putOtherEmailAddresses(rowid: number, user: UserRow): void {
    if (user.emailAddresses.length === 0) return
    const primary = primaryEmailAddress(user)
    for (const { emailAddress } of user.emailAddresses) {
      if (emailAddress === primary) continue
      sql('INSERT OR IGNORE INTO other_email_addresses (user, email_address) VALUES (?, ?)').run(
        rowid,
        fold(emailAddress),
      )
    }
  }

  return {
    put(user, stored) {
      const text = JSON.stringify(user)
      if (stored && isListedAlike(user, stored)) {
        sql('UPDATE users SET data = ?, updated_at = ? WHERE id = ?').run(text, user.updatedAt, user.id)
        entries.move(stored, user)
        return text
      }
      const columns = columnsOf(user)
      const before = sql(`SELECT rowid, data, ${Object.keys(columns)} FROM users WHERE id = ?`).get(user.id)
      if (before) update(user, text, before as Columns, columns)
      else insert(user, text, columns)
      entries.move(stored ?? readRow(before), user)
      return text
    },

    delete(id) {
      const before = sql('SELECT rowid, data FROM users WHERE id = ?').get(id) as Stored | undefined
      if (!before) return
      entries.move(readRow(before), undefined)
      sql('DELETE FROM users WHERE rowid = ?').run(before.rowid)
      sql('DELETE FROM other_email_addresses WHERE user = ?').run(before.rowid)
      added--
      changeText(before.rowid, true, null)
    },

    settle() {
      for (const [rowid, { isIndexed, text }] of texts) {
        if (isIndexed) sql('DELETE FROM user_parts WHERE rowid = ?').run(rowid)
        if (text !== null) sql('INSERT INTO user_parts (rowid, text) VALUES (?, ?)').run(rowid, text)
      }
      if (added !== 0) sql(`UPDATE totals SET total = total + ? WHERE name = 'users'`).run(added)
      this.forget()
    },

    forget() {
      texts.clear()
      added = 0
    },
  }
}

function readRow(row: unknown): UserRow | undefined {
  return row === undefined ? undefined : (readJson((row as Stored).data) as UserRow)
}

const searched: ReadonlySet<string> = new Set(['username', 'first_name', 'last_name', 'email_addresses'])

function columnsOf(user: UserRow): Columns {
  return {
    ...userColumns(user),
    email_addresses: searchText(user).emailAddresses || null,
    updated_at: user.updatedAt,
    is_banned: user.isBanned ? 1 : 0,
  }
}

/** Ends in two line breaks, so that each of its characters begins a trigram: see user-parts.ts. */
function indexedText(user: UserRow): string {
  return `${searchText(user).all}\n\n`
}
