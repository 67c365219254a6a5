import type { Kind } from '@acme/schema'
import { backendUserJson, userChangeListJson, userVersionJson } from '@acme/schema/wire'
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api } from './api.ts'
import type { User } from './users.ts'

/** How many changes come at once. */
const pageSize = 30

const at = (id: string) => `users/${encodeURIComponent(id)}`

/** The changes of a user, the newest first, page by page. */
export function historyQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: ['user', id, 'changes'],
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({ limit: `${pageSize}`, ...(pageParam && { before: `${pageParam}` }) })
      return api.get(`${at(id)}/changes`, userChangeListJson, { query, signal })
    },
    getNextPageParam: (page) => (page.length < pageSize ? undefined : page.at(-1)?.version),
  })
}

/** The metadata of a user as it was at a version. */
export function versionQuery(id: string, version: number) {
  return queryOptions({
    queryKey: ['user', id, 'version', version],
    queryFn: ({ signal }) => api.get(`${at(id)}/versions/${version}`, userVersionJson, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** Sets metadata to what it was at a version, unless the user has changed since they were looked at. */
export function restoreVersion(id: string, version: number, kinds: readonly Kind[], current: number): Promise<User> {
  const params = { body: { kinds }, headers: { 'if-match': `"${current}"` } }
  return api.post(`${at(id)}/versions/${version}/restore`, backendUserJson, params)
}
