import type { WriteMetadata } from './metadata-types.ts'
import type { ReadableKind } from './visibility.ts'

type Scalar = string | number | boolean | null

/** What a bound may be: of texts those that are dates or times (RFC 3339), which a `Date` stands for as well. */
type Bound<V> = V extends number ? number : V extends string ? string | Date : V extends Date ? Date : never

type AnyFunction = (...args: never) => unknown
type HasMethods<T> = T extends readonly unknown[]
  ? false
  : Extract<T[keyof T], AnyFunction> extends never
    ? false
    : true

/** What stands at a path as one value: a text, number or boolean, or what a codec makes of one, such as a `Date`. */
type ValueOf<V> = V extends Scalar ? V : V extends object ? (HasMethods<V> extends true ? V : never) : never

type MembersOf<V> = V extends Scalar | readonly unknown[] | undefined
  ? never
  : V extends object
    ? HasMethods<V> extends true
      ? never
      : V
    : never

/** What is asked about one value: to be equal to it, or all that is given. */
export type ValueFilter<V> =
  | V
  | {
      /** One of these, a hundred at the most. */
      readonly in?: readonly V[]
      /** Whether anything is there, `null` as well. */
      readonly exists?: true
      /** Beyond a number, a date or a time. */
      readonly gt?: Bound<V>
      readonly gte?: Bound<V>
      readonly lt?: Bound<V>
      readonly lte?: Bound<V>
    }

type MemberFilter<V> =
  | ([ValueOf<V>] extends [never] ? { readonly exists: true } : ValueFilter<ValueOf<V>>)
  | ([MembersOf<V>] extends [never] ? never : MembersFilter<MembersOf<V>>)

type MembersFilter<T> = { readonly [K in keyof T]?: MemberFilter<Exclude<T[K], undefined>> }

/**
 * What users have in their metadata, by paths that have an index. All that is given must hold; a member whose name is that
 * of a question (`in`, `exists`, `gt`, `gte`, `lt`, `lte`) cannot be asked for alone.
 */
export type MetadataFilter<M> = {
  readonly [K in ReadableKind<'backend'>]?: MembersFilter<WriteMetadata<M, K>>
}
