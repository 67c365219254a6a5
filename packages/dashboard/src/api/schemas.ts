import { metadataSchemasListJson } from '@acme/schema/wire'
import { queryOptions } from '@tanstack/react-query'
import { api } from './api.ts'

/** The rules for metadata that hold, with the indexes. */
export const schemasQuery = queryOptions({
  queryKey: ['metadata_schemas'],
  queryFn: ({ signal }) => api.get('metadata_schemas', metadataSchemasListJson, { signal }),
  staleTime: 30_000,
})
