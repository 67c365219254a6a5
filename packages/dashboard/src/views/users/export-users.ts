import { userListJson } from '@acme/schema/wire'
import { api } from '../../api/api.ts'
import { toQuery, type User, type UserSearch } from '../../api/users.ts'
import type { UserColumn } from './columns.tsx'
import { csv } from './csv.ts'

/** What an export is written as. */
export type Format = 'csv' | 'ndjson'

/** How many users are read at once. */
const pageSize = 500

/**
 * Writes the users that were found, with the columns that are shown and nothing else, as a file.
 *
 * @throws AcmeError what reading a page throws
 */
export async function exportUsers(
  search: UserSearch,
  columns: readonly UserColumn[],
  format: Format,
  onProgress: (users: number) => void,
  signal: AbortSignal,
): Promise<Blob> {
  const parts: string[] = format === 'csv' ? [`${columns.map(({ title }) => csv(title)).join(',')}\r\n`] : []
  let done = 0
  for await (const users of pages(search, signal)) {
    parts.push(users.map((user) => line(user, columns, format)).join(''))
    done += users.length
    onProgress(done)
  }
  return new Blob(parts, { type: format === 'csv' ? 'text/csv' : 'application/x-ndjson' })
}

async function* pages(search: UserSearch, signal: AbortSignal): AsyncGenerator<readonly User[]> {
  const isKeyed = search.orderBy?.endsWith('created_at')
  let last: User | undefined
  for (let offset = 0; ; offset += pageSize) {
    const after = isKeyed && last ? { id: last.id, createdAt: last.created_at } : undefined
    const query = toQuery({ ...search, limit: pageSize, ...(after ? { after } : { offset }) })
    const users = await api.get('users', userListJson, { query, signal })
    if (users.length > 0) yield users
    if (users.length < pageSize) return
    last = users.at(-1)
  }
}

function line(user: User, columns: readonly UserColumn[], format: Format): string {
  const values = columns.map((column) => [column.id, column.value(user)] as const)
  if (format === 'ndjson') return `${JSON.stringify(Object.fromEntries(values))}\n`
  return `${values.map(([, value]) => csv(value)).join(',')}\r\n`
}
