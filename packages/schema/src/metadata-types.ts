import type { MetadataField } from './fields.ts'
import type { JsonObject } from './json.ts'
import type { Kind, ReadableKind, Side, WritableKind } from './visibility.ts'

/**
 * Where an app registers its metadata once, for every client that is given no type of its own:
 * `declare module '@acme/schema' { interface Register { metadata: typeof metadata } }`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging in the app
export interface Register {}

/** What the app registered, or nothing. */
export type RegisteredMetadata = Register extends { readonly metadata: infer M } ? M : unknown

/** The type of one kind as the app reads it: of a definition, of a plain interface, or any JSON object. */
export type ReadMetadata<M, K extends Kind> = TypeOf<M, K, 'output'>

/** The type of one kind as the app writes it. */
export type WriteMetadata<M, K extends Kind> = TypeOf<M, K, 'input'>

type TypeOf<M, K extends Kind, Direction extends 'input' | 'output'> = '~types' extends keyof M
  ? Member<NonNullable<M['~types']> extends Readonly<Record<Direction, infer T>> ? T : unknown, K>
  : Member<M, K>

type Member<T, K extends Kind> = T extends { readonly [P in K]?: infer V }
  ? unknown extends V
    ? JsonObject
    : NonNullable<V>
  : JsonObject

type AnyFunction = (...args: never) => unknown

/** Whether it is an object of JSON, or something with methods that a schema made: a `Date`, a `Map`, a function. */
type IsPlain<T> = T extends AnyFunction ? false : Extract<T[keyof T], AnyFunction> extends never ? true : false

/** A value that is read-only at every depth. */
export type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? number extends T['length']
    ? readonly DeepReadonly<Item>[]
    : { readonly [K in keyof T]: DeepReadonly<T[K]> }
  : T extends object
    ? IsPlain<T> extends true
      ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
      : T
    : T

/** Whether a member may be absent: an optional one, and any of an index signature, such as a record has. */
type Optional<T, K extends keyof T> = Record<never, never> extends Pick<T, K> ? true : false

/**
 * A JSON Merge Patch (RFC 7396) for a value: members may be left out at any depth, `null` deletes a
 * member that may be absent, arrays, scalars and what has methods (a `Date`) are given whole.
 */
export type MergePatch<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? IsPlain<T> extends true
      ? { readonly [K in keyof T]?: MergePatch<T[K]> | (Optional<T, K> extends true ? null : never) }
      : T
    : T

/** The metadata that a side sees on a user. */
export type ReadView<S extends Side, M> = {
  readonly [K in ReadableKind<S> as MetadataField<K>]: DeepReadonly<ReadMetadata<M, K>>
}

declare const rule: unique symbol

/** The type of a kind that a side may not write. Nothing has it, and the compiler's message tells the rule by its name. */
export interface Refused<Rule extends string> {
  readonly [rule]: Rule
}

type Writable<S extends Side, K extends Kind, Written> =
  K extends WritableKind<S> ? Written | undefined : Refused<`${MetadataField<K>} is not the ${S}'s to write`>

/** The metadata that a side may set, each kind whole. */
export type WriteView<S extends Side, M> = {
  readonly [K in Kind as MetadataField<K>]?: Writable<S, K, WriteMetadata<M, K>>
}

/** The metadata that a side may merge into, each kind as a patch. */
export type PatchView<S extends Side, M> = {
  readonly [K in Kind as MetadataField<K>]?: Writable<S, K, MergePatch<WriteMetadata<M, K>>>
}
