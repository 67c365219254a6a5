import { type SecretKeyJson, type SecretKeyScope, secretKeyJson, secretKeysJson } from '@acme/schema/wire'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import * as z from 'zod/mini'
import { api } from './api.ts'
import { following } from './live.ts'
import { useSession } from './use-session.ts'

const revokedJson = z.object({ object: z.literal('secret_key'), deleted: z.literal(true) })

/** The secret keys that are accepted. */
export const secretKeysQuery = queryOptions({
  queryKey: ['secret-keys'],
  queryFn: ({ signal }) => api.get('/secret_keys', secretKeysJson, { signal }),
  refetchInterval: following(10_000),
})

/** The names of the keys that have one, by their ids; of a key that manages no keys, its own. */
export function useKeyNames(): ReadonlyMap<string, string> {
  const own = useSession().data?.key
  const all = useQuery({ ...secretKeysQuery, enabled: own?.scopes === null }).data?.data
  return useMemo(
    () => new Map([...(own ? [own] : []), ...(all ?? [])].flatMap(({ id, name }) => (name ? [[id, name]] : []))),
    [own, all],
  )
}

/** Makes a secret key. The reply holds it, once. */
export function createSecretKey(name: string, scopes: readonly SecretKeyScope[] | undefined): Promise<SecretKeyJson> {
  return api.post('/secret_keys', secretKeyJson, { body: { name, ...(scopes && { scopes }) } })
}

/** Accepts a key no more. */
export async function revokeSecretKey(id: string): Promise<void> {
  await api.delete(`/secret_keys/${encodeURIComponent(id)}`, revokedJson)
}
