import { userListJson } from '@acme/schema/wire'
import { type QueryClient, queryOptions, useQueries, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { api } from '../../api/api.ts'
import { following } from '../../api/live.ts'
import { toQuery, type User, type UserSearch } from '../../api/users.ts'

/** How many users a page has. */
export const pageSize = 100

/** How many pages are kept, so that memory does not grow with what one scrolls through. */
const kept = 24

const keyOf = (search: UserSearch, page: number) => ['users', 'rows', search, page] as const

/** A page of users, from behind the one before it where that is there (which costs the same everywhere), else by its place. */
function pageQuery(client: QueryClient, search: UserSearch, page: number) {
  return queryOptions({
    queryKey: keyOf(search, page),
    queryFn: async ({ signal }) => {
      const before = client.getQueryData<readonly User[]>(keyOf(search, page - 1))?.at(-1)
      const isKeyed = search.orderBy?.endsWith('created_at') && before
      const after = isKeyed ? { id: before.id, createdAt: before.created_at } : undefined
      const query = toQuery({ ...search, limit: pageSize, offset: page * pageSize, after })
      const users = await api.get('users', userListJson, { query, signal })
      forgetFarPages(client, page)
      return users as readonly User[]
    },
    refetchInterval: following(),
  })
}

/** Drops the pages that were looked at longest ago. */
function forgetFarPages(client: QueryClient, page: number): void {
  const pages = client.getQueryCache().findAll({ queryKey: ['users', 'rows'], type: 'inactive' })
  if (pages.length <= kept) return
  const distance = (key: readonly unknown[]) => Math.abs(Number(key[3]) - page)
  const far = pages.toSorted((a, b) => distance(b.queryKey) - distance(a.queryKey)).slice(0, pages.length - kept)
  for (const { queryKey } of far) client.removeQueries({ queryKey, exact: true })
}

/** How far beyond the rows that are there users are read, so that few rows are drawn twice as one scrolls. */
const ahead = 50

/** Gives the users of the rows from one to another, as far as they are there. */
export function useUserRows(search: UserSearch, first: number, last: number, count: number) {
  const client = useQueryClient()
  const from = Math.floor(Math.max(0, first - ahead) / pageSize)
  const to = Math.floor(Math.max(first, Math.min(last + ahead, count - 1)) / pageSize)
  const queries = useMemo(
    () => Array.from({ length: to - from + 1 }, (_, index) => pageQuery(client, search, from + index)),
    [client, search, from, to],
  )
  const results = useQueries({ queries })
  return {
    rowAt: (index: number): User | undefined => results[Math.floor(index / pageSize) - from]?.data?.[index % pageSize],
    first: results[0]?.data,
    error: results.find(({ error, data }) => error && !data)?.error,
    refetch: () => Promise.all(results.map(({ refetch }) => refetch())),
  }
}
