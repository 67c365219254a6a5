import { QueryClient } from '@tanstack/react-query'

/** What was read of the server. The transport tries again by itself, so that nothing does on top of it. */
export const queryClient = new QueryClient({
  defaultOptions: {
    // A server on this machine answers without a network as well.
    queries: { retry: false, staleTime: 5_000, gcTime: 60_000, networkMode: 'always' },
    mutations: { retry: false, networkMode: 'always' },
  },
})
