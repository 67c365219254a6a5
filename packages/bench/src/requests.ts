import type { AcmeReady } from './acme-server.ts'
import type { Requests } from './load.ts'
import { secretKey } from './secret-key.ts'

/** What every caller of the Backend API sends. */
export const authorization = { authorization: `Bearer ${secretKey}` }

/** Reads one user after another by the secret key. */
export function getUsers({ url, userIds }: Pick<AcmeReady, 'url' | 'userIds'>): Requests {
  return { url, method: 'GET', paths: userIds.map((id) => `/v1/users/${id}`), headers: authorization }
}

/** Merges a little into the metadata of one user after another. */
export function patchUsers(
  { url, userIds }: Pick<AcmeReady, 'url' | 'userIds'>,
  headers: Readonly<Record<string, string>> = {},
): Requests {
  return {
    url,
    method: 'PATCH',
    paths: userIds.map((id) => `/v1/users/${id}/metadata`),
    headers: { ...authorization, ...headers },
    body: '{"public_metadata":{"seats":7}}',
  }
}

/** Reads whoever is signed in, by one cookie after another. */
export function getMe({ url, cookies }: AcmeReady): readonly Requests[] {
  return cookies.map((cookie) => ({ url, method: 'GET', paths: ['/v1/me'], headers: { cookie } }))
}
