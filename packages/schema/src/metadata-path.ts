import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { JsonObject } from './json.ts'
import type { Kind } from './visibility.ts'

/** The type of what is stored of a kind: what its schema takes in. */
export type Stored<S, K extends Kind> = S extends { readonly [P in K]: infer Schema }
  ? Schema extends StandardSchemaV1
    ? unknown extends StandardSchemaV1.InferInput<Schema>
      ? JsonObject
      : StandardSchemaV1.InferInput<Schema>
    : JsonObject
  : JsonObject

/** How deep a path goes at the most. */
type Deepest = 8

type Inside<T, Depth extends readonly unknown[]> = Depth['length'] extends Deepest
  ? never
  : { [K in keyof T & string]-?: Step<K, T[K], Depth> }[keyof T & string]

type Step<K extends string, V, Depth extends readonly unknown[]> = unknown extends V
  ? K | `${K}.${string}`
  : V extends string | number | boolean
    ? K
    : V extends readonly unknown[] | null | undefined
      ? never
      : V extends object
        ? `${K}.${Inside<V, readonly [...Depth, unknown]>}`
        : never

/**
 * Where a text, a number or a boolean stands in the metadata of some schemas: the kind and the keys from the outside in,
 * `private.billing.customerId` for example. Of a kind without a schema any path is one. What is stored counts, so that a
 * codec's input is what a path leads to.
 */
export type MetadataPath<S, K extends Kind = Kind> = { [P in K]: `${P}.${Inside<Stored<S, P>, readonly []>}` }[K]
