import { type SecretKeyJson, type SecretKeyScope, secretKeyJson, secretKeysJson } from '@acme/schema/wire'
import { queryOptions } from '@tanstack/react-query'
import * as z from 'zod/mini'
import { api } from './api.ts'

const revokedJson = z.object({ object: z.literal('secret_key'), deleted: z.literal(true) })

/** The secret keys that are accepted. */
export const secretKeysQuery = queryOptions({
  queryKey: ['secret-keys'],
  queryFn: ({ signal }) => api.get('/secret_keys', secretKeysJson, { signal }),
  refetchInterval: 10_000,
})

/** Makes a secret key. The reply holds it, once. */
export function createSecretKey(name: string, scopes: readonly SecretKeyScope[] | undefined): Promise<SecretKeyJson> {
  return api.post('/secret_keys', secretKeyJson, { body: { name, ...(scopes && { scopes }) } })
}

/** Accepts a key no more. */
export async function revokeSecretKey(id: string): Promise<void> {
  await api.delete(`/secret_keys/${encodeURIComponent(id)}`, revokedJson)
}
