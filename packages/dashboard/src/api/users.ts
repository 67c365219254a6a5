import { type BackendUserJson, backendUserJson, totalCountJson, userListJson } from '@acme/schema/wire'
import { queryOptions, replaceEqualDeep } from '@tanstack/react-query'
import { api } from './api.ts'

/** A user as the back end sees them. */
export type User = BackendUserJson

/** Which users are looked for. */
export interface UserSearch {
  /** A part of an id, an e-mail address or a name. */
  readonly query?: string
  /** What else the query of the address says, as the Backend API reads it. */
  readonly filters?: readonly (readonly [param: string, value: string])[]
  readonly orderBy?: string
  readonly limit?: number
  readonly offset?: number
  /** The user behind whom the page begins. */
  readonly after?: { readonly id: string; readonly createdAt: number } | undefined
}

/** Writes a search as the Backend API reads it. */
export function toQuery({ query, filters = [], orderBy, limit, offset, after }: UserSearch): URLSearchParams {
  const params = new URLSearchParams(filters.map(([param, value]) => [param, value]))
  if (query) params.set('query', query)
  if (orderBy) params.set('order_by', orderBy)
  if (limit !== undefined) params.set('limit', `${limit}`)
  if (after) {
    params.set('starting_after', after.id)
    params.set('acme_starting_at', `${after.createdAt}`)
  } else if (offset) params.set('offset', `${offset}`)
  return params
}

/** A page of users. */
export function userListQuery(search: UserSearch) {
  return queryOptions({
    queryKey: ['users', 'page', search],
    queryFn: ({ signal }) => api.get('users', userListJson, { query: toQuery(search), signal }),
  })
}

/** How many users there are. */
export function userCountQuery({ query, filters }: UserSearch) {
  const search = { ...(query && { query }), ...(filters && { filters }) }
  return queryOptions({
    queryKey: ['users', 'count', search],
    queryFn: async ({ signal }) => {
      const { total_count } = await api.get('users/count', totalCountJson, { query: toQuery(search), signal })
      return total_count
    },
  })
}

/** One user. */
export function userQuery(id: string) {
  return queryOptions({
    queryKey: ['user', id],
    queryFn: ({ signal }) => api.get(`users/${encodeURIComponent(id)}`, backendUserJson, { signal }),
    // What was on its way while something was saved is older than what the saving showed.
    structuralSharing: (before, after) => {
      const isOlder = ((before as User | undefined)?.version ?? 0) > (after as User).version
      return isOlder ? before : replaceEqualDeep(before, after)
    },
  })
}

/** What a user is called: by their name, else by what they sign in with, else by their id. */
export function nameOf(user: User): string {
  const name = [user.first_name, user.last_name].filter(Boolean).join(' ')
  return name || user.username || primaryEmail(user) || user.external_id || user.id
}

/** Their primary e-mail address, or the first. */
export function primaryEmail(user: User): string | undefined {
  const primary = user.email_addresses.find(({ id }) => id === user.primary_email_address_id)
  return (primary ?? user.email_addresses[0])?.email_address
}
