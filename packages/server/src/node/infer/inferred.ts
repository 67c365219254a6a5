import type { StringFormat } from './string-format.ts'

/** A type that was inferred, for the writers of each library. */
export type Inferred =
  | { readonly type: 'string'; readonly format?: StringFormat | undefined }
  | { readonly type: 'enum'; readonly values: readonly string[] }
  | { readonly type: 'integer' | 'number' | 'boolean' | 'null' | 'unknown' }
  | { readonly type: 'array'; readonly items: Inferred }
  | { readonly type: 'record'; readonly values: Inferred }
  | { readonly type: 'object'; readonly members: readonly Member[] }
  | { readonly type: 'union'; readonly options: readonly Inferred[] }

/** One member of an object. */
export interface Member {
  readonly key: string
  readonly isOptional: boolean
  readonly value: Inferred
  /** How often it was seen, and what it was else than its type says; never of a private value. */
  readonly note: string
}
