import { type OverviewJson, overviewJson } from '@acme/schema/wire'
import { queryOptions } from '@tanstack/react-query'
import { api } from './api.ts'

/** One minute of the server. */
export type Minute = OverviewJson['minutes'][number]

/** How the instance is, read again every few seconds. */
export const overviewQuery = queryOptions({
  queryKey: ['overview'],
  queryFn: ({ signal }) => api.get('overview', overviewJson, { signal }),
  refetchInterval: 3_000,
})
