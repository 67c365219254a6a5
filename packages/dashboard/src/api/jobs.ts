import { type JobJson, jobJson, jobsJson } from '@acme/schema/wire'
import { queryOptions } from '@tanstack/react-query'
import { api } from './api.ts'
import { following } from './live.ts'

/** Whether nothing is done for a job any more. */
export function isOver({ status }: JobJson): boolean {
  return status !== 'queued' && status !== 'running'
}

/** What is done in the background, and what was in the last thirty days. Read more often while something goes on. */
export const jobsQuery = queryOptions({
  queryKey: ['jobs'],
  queryFn: ({ signal }) => api.get('jobs', jobsJson, { signal }),
  refetchInterval: ({ state }) => (state.data?.data.some((job) => !isOver(job)) ? following(1_000) : following())(),
})

/** One job, until it is over. */
export function jobQuery(id: string) {
  return queryOptions({
    queryKey: ['jobs', id],
    queryFn: ({ signal }) => api.get(`jobs/${encodeURIComponent(id)}`, jobJson, { signal }),
    refetchInterval: ({ state }) => (state.data && isOver(state.data) ? false : following(500, 5_000)()),
  })
}

/** Ends a job before it is done. */
export function cancelJob(id: string): Promise<JobJson> {
  return api.post(`jobs/${encodeURIComponent(id)}/cancel`, jobJson, { body: {} })
}
