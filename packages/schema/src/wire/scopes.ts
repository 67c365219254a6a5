import { metadataParam } from '../fields.ts'
import { type Kind, kinds } from '../visibility.ts'
import type { Operation } from './operations.ts'

/** What a secret key may be used for. One that has no scopes opens everything. */
export type SecretKeyScope = 'read' | 'write' | 'write:public'

/** What each scope includes. What a write answers is read as well, so that `write` includes `read`. */
const included: { readonly [S in SecretKeyScope]: readonly SecretKeyScope[] } = {
  read: ['read'],
  write: ['write', 'write:public', 'read'],
  'write:public': ['write:public'],
}

/** Every scope. */
export const secretKeyScopes: readonly SecretKeyScope[] = Object.keys(included) as SecretKeyScope[]

/** Tells whether scopes include another one. */
export function hasScope(scopes: readonly SecretKeyScope[], needed: SecretKeyScope): boolean {
  return scopes.some((scope) => included[scope].includes(needed))
}

/** The scope that allows to write one kind of metadata and nothing else, where there is one. */
const writesKind: { readonly [K in Kind]?: SecretKeyScope } = { public: 'write:public' }

/**
 * What an operation of the Backend API needs, where its method does not say it: a `get` reads and all else writes.
 * `metadata` is what the kinds in its body need; null needs no scope at all.
 */
const own: Readonly<Record<string, SecretKeyScope | 'metadata' | null>> = {
  updateUserMetadata: 'metadata',
  replaceUserMetadata: 'metadata',
  updateUsersMetadata: 'metadata',
  checkMetadataSchemas: 'read',
  getJwks: null,
}

/** The scope that an operation of the Backend API needs: `metadata` depends on its body, see {@link scopeOfMetadata}. */
export function scopeOf({ id, method }: Pick<Operation, 'id' | 'method'>): SecretKeyScope | 'metadata' | null {
  const known = own[id]
  if (known !== undefined) return known
  return method === 'get' ? 'read' : 'write'
}

/** The scope that a body needs which writes metadata and nothing else, of one user or of many. */
export function scopeOfMetadata(body: unknown): SecretKeyScope {
  const { updates } = (body ?? {}) as { readonly updates?: unknown }
  const parts: readonly unknown[] = [body, ...(Array.isArray(updates) ? updates : [])]
  const isNamed = (kind: Kind) =>
    parts.some((part) => typeof part === 'object' && part !== null && metadataParam(kind) in part)
  return kinds.every((kind) => !isNamed(kind) || writesKind[kind] === 'write:public') ? 'write:public' : 'write'
}
