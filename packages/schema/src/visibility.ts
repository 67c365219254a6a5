/** Which API asks: the browser with a signed-in user, or a server with the secret key. */
export type Side = 'frontend' | 'backend'

/** What one side may do with one kind of metadata. `write` includes `read`. */
export type Access = 'none' | 'read' | 'write'

/**
 * Who may see and change each kind of metadata. Types, wire schemas, server checks, test matrices
 * and the table in the docs all derive from this one.
 */
export const visibility = {
  private: { frontend: 'none', backend: 'write' },
  public: { frontend: 'read', backend: 'write' },
  unsafe: { frontend: 'write', backend: 'write' },
} as const
visibility satisfies Record<string, Record<Side, Access>>

/** A kind of metadata: `private`, `public` or `unsafe`. */
export type Kind = keyof typeof visibility

/** Every kind of metadata, in the order of the table. */
export const kinds: readonly Kind[] = Object.keys(visibility) as Kind[]

/** The kinds that a side may read. */
export type ReadableKind<S extends Side> = {
  [K in Kind]: (typeof visibility)[K][S] extends 'none' ? never : K
}[Kind]

/** The kinds that a side may write. */
export type WritableKind<S extends Side> = {
  [K in Kind]: (typeof visibility)[K][S] extends 'write' ? K : never
}[Kind]

/** Tells whether a side may read a kind of metadata. */
export function canRead<S extends Side>(side: S, kind: Kind): kind is ReadableKind<S> {
  return visibility[kind][side] !== 'none'
}

/** Tells whether a side may write a kind of metadata. */
export function canWrite<S extends Side>(side: S, kind: Kind): kind is WritableKind<S> {
  return visibility[kind][side] === 'write'
}
